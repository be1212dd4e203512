-- The server of a small shop, and what its customers pay by Stripe.
return {
  project = "shop", currency = "EUR",
  exchange = { date = "2026-09-30", EUR_USD = "1.0850" },
  revenue = revenue.stripe { },
}
