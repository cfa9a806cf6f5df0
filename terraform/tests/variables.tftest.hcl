# What cannot be deployed is refused before anything is made.

mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  project = "mock-project"
}

override_module {
  target  = module.package
  outputs = { path = "build/function.zip", hash = "5eed", files = [] }
}

run "one_mistake_each" {
  command = plan
  variables {
    project                    = "My Project"
    region                     = "europe-west1-b"
    database                   = "Firmograph"
    database_location          = "europe"
    labels                     = { "1st" = "x" }
    public_url                 = "http://api.example.com"
    api_invokers               = ["me@example.com"]
    settings                   = { NO_SUCH_THING = "1" }
    webhook_master_key_version = 1.5
    scale                      = { crawler = { max_instances = 1 } }
    webhooks_per_second        = 501
    backup_days                = 99
    monthly_budget             = -1
    notification_channels      = ["ops@example.com"]
    alert_emails               = ["ops"]
    oldest_message_seconds     = 5
  }
  expect_failures = [
    var.project,
    var.region,
    var.database,
    var.database_location,
    var.labels,
    var.public_url,
    var.api_invokers,
    var.settings,
    var.webhook_master_key_version,
    var.scale,
    var.webhooks_per_second,
    var.backup_days,
    var.monthly_budget,
    var.notification_channels,
    var.alert_emails,
    var.oldest_message_seconds,
  ]
}

run "another_mistake_each" {
  command = plan
  variables {
    project                    = "short"
    region                     = "eu"
    database                   = "x"
    labels                     = { team = "Sales" }
    public_url                 = "https://api.example.com/"
    settings                   = { max_pages = "1" }
    webhook_master_key_version = 0
    webhooks_per_second        = 0
    backup_days                = 1.5
    monthly_budget             = 9.99
    oldest_message_seconds     = 100000
  }
  expect_failures = [
    var.project,
    var.region,
    var.database,
    var.labels,
    var.public_url,
    var.settings,
    var.webhook_master_key_version,
    var.webhooks_per_second,
    var.backup_days,
    var.monthly_budget,
    var.oldest_message_seconds,
  ]
}

run "the_cloud_reads_no_private_networks" {
  command = plan
  variables {
    settings = { ALLOW_NETWORKS = "10.0.0.0/8" }
  }
  expect_failures = [var.settings]
}

run "the_master_key_is_no_plain_setting" {
  command = plan
  variables {
    settings = { WEBHOOK_MASTER_KEY = "00" }
  }
  expect_failures = [var.settings]
}

run "what_no_function_can_have" {
  command = plan
  variables {
    scale = {
      api      = { min_instances = 9, max_instances = 3 } # more least than most
      crawl    = { cpu = 0.5 }                            # concurrency needs a whole CPU
      discover = { concurrency = 1.5 }
      assemble = { max_instances = 0 }
      notify   = { memory_mb = 8192 } # needs more CPU
    }
  }
  expect_failures = [
    google_cloudfunctions2_function.function["api"],
    google_cloudfunctions2_function.function["crawl"],
    google_cloudfunctions2_function.function["discover"],
    google_cloudfunctions2_function.function["assemble"],
    google_cloudfunctions2_function.function["notify"],
  ]
}

run "a_budget_needs_a_billing_account" {
  command = plan
  override_data {
    target = data.google_project.project
    values = { number = "123456789012", billing_account = "" }
  }
  expect_failures = [google_billing_budget.month]
}
