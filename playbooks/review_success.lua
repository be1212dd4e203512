-- The roadmap's Success Criteria: computed where the state shows it, asked otherwise.
local first = "Phase 1: initial deployment"
review "phase1-https" {
  part = first, text = "App deployed and accessible via HTTPS",
  when = { sites = ">= 1", failed_urls = "<= 0" },
}
review "phase1-health" {
  part = first, text = "Health checks passing",
  when = { failed_checks = "<= 0" },
}
review "phase1-cost" {
  part = first, text = "Under $15/month total cost",
  when = { cost = "< $15" },
}

local second = "Phase 2: monitoring and stability"
review "phase2-uptime" {
  part = second, text = "99%+ uptime",
  when = { uptime_30d = ">= 99%" },
}
review "phase2-backups" {
  part = second, text = "Automated backups working",
  when = { backup_hours = "<= 26" },
}
review "phase2-monitoring" {
  part = second, text = "Monitoring in place",
  when = { monitors = ">= 1", alerts = ">= 1" },
}

local third = "Phase 3: CI/CD automation"
review "phase3-pipeline" {
  part = third, text = "CI/CD pipeline working",
  optional = true, ask = "Does the pipeline build and test each push?",
}
review "phase3-push" {
  part = third, text = "Push-to-deploy functioning",
  optional = true, ask = "Did the last push to main go live by itself?",
}
review "phase3-downtime" {
  part = third, text = "Zero-downtime deployments",
  optional = true, ask = "Did the last deployments drop no request?",
}

local fourth = "Phase 4: multi-service deployment"
review "phase4-services" {
  part = fourth, text = "All services deployed",
  optional = true, ask = "Are Identity, the API and the three workers deployed?",
}
review "phase4-signals" {
  part = fourth, text = "End-to-end signal processing working",
  optional = true, ask = "Does a message from Telegram end in an executed trade?",
}
review "phase4-cost" {
  part = fourth, text = "Still under $30/month",
  when = { cost = "< $30" },
}

local long = "Long term"
review "long-share" {
  part = long, text = "Infrastructure < 10% of revenue",
  when = { share = "< 10%" },
}
review "long-uptime" {
  part = long, text = "99.9%+ uptime",
  when = { uptime_30d = ">= 99.9%" },
}
review "profitable" {
  part = long, text = "Profitable business",
  ask = "Does more come in than goes out, all costs of the business counted?",
}
review "happy" {
  part = long, text = "Happy customers",
  ask = "Are the customers happy, and how is it known?",
}
