-- The roadmap's own project: its playbooks/ take Pipster from the first server to high
-- availability. Precedence: flag > environment > this file > default.
return {
  project = "pipster",
  currency = "EUR",
  -- The initial phase may cost this much; a playbook may ask for less.
  budget = "$150/month",
  -- Prices in other currencies are compared at this rate; update it with its date.
  exchange = { date = "2026-09-30", source = "ECB reference rate", EUR_USD = "1.0850" },
  inputs = {
    domain = "identity.pipster.app",
    zone = "pipster.app",
  },
}
