-- What no figure shows, and the rules of playbooks/scale.lua go by: answers of a person.
-- None of it keeps a review from being done.
local decisions = "For the decision points"
review "platform_used" {
  part = decisions, text = "A customer uses the platform successfully",
  optional = true, ask = "Does a paying customer use the platform as intended?",
}
review "sla" {
  part = decisions, text = "SLA requirements",
  optional = true, ask = "Does a contract promise an uptime of 99.9 % or more?",
}
review "soc2" {
  part = decisions, text = "Need SOC2/compliance",
  optional = true, ask = "Does a customer or a law want SOC2, HIPAA or the like?",
}
review "enterprise_features" {
  part = decisions, text = "Want enterprise features",
  optional = true,
  ask = "Are features of Azure wanted (Key Vault, App Insights, 99.95 % SLA)?",
}
review "hetzner_works" {
  part = decisions, text = "Hetzner works well",
  optional = true, ask = "Does Hetzner work well for what is run there?",
}
review "margin_first" {
  part = decisions, text = "Want to maximize profit margin",
  optional = true, ask = "Is the profit margin worth more than what Azure adds?",
}
review "can_optimize" {
  part = decisions, text = "Can optimize current setup instead",
  optional = true, ask = "Would tuning what there is do instead of more servers?",
}
review "can_scale_up" {
  part = decisions, text = "Can vertically scale current server",
  optional = true, ask = "Is there a larger type that the current server can become?",
}
review "database_isolation" {
  part = decisions, text = "Need database isolation",
  optional = true, ask = "Must the database be on a server of its own?",
}
review "high_availability" {
  part = decisions, text = "Want high availability",
  optional = true, ask = "Must the service outlive the loss of one server?",
}
review "users_500" {
  part = decisions, text = "Handle 500+ concurrent users",
  optional = true, ask = "Did a load test hold with 500 users at once?",
}
