-- The roadmap's Quarterly Review Checklist: computed where the state shows it, asked
-- otherwise.
local every = "Every quarter"

review "costs" {
  part = every, text = "Review server costs vs. revenue",
  when = { share = "< 10%" },
  ask = "Are the servers worth what they cost, by the revenue of the quarter?",
}
review "scaling" {
  part = every, text = "Check if scaling needed",
  when = { cpu = "< 80%", memory = "< 85%", disk = "< 80%" },
  ask = "Do the servers carry the load of the next quarter?",
}
review "packages" {
  part = every, text = "Update all system packages",
  when = { stale_hosts = "<= 0" },
}
review "secrets" {
  part = every, text = "Rotate secrets (passwords, keys)",
  when = { secret_days = "<= 92", secrets_due = "<= 0" },
  ask = "Were the passwords and keys rotated that the state does not hold?",
}
review "restore" {
  part = every, text = "Test backup restoration",
  when = { drill_days = "<= 92" },
  ask = "Was a backup restored for trial this quarter?",
}
review "audit" {
  part = every, text = "Review security audit logs",
  ask = "Were the security audit logs read, and what was found?",
}
review "documentation" {
  part = every, text = "Update documentation",
  ask = "Is the documentation as things are?",
}
review "optimization" {
  part = every, text = "Review and optimize costs",
  ask = "Was `pipster cost` gone through for what is not needed any more?",
}
review "improvements" {
  part = every, text = "Plan next quarter improvements",
  ask = "Which improvements are planned for the next quarter?",
}
