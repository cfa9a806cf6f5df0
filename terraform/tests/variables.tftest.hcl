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

run "a_project_s_name_is_not_its_id" {
  command = plan
  variables {
    project = "My Project"
  }
  expect_failures = [var.project]
}

run "a_zone_is_no_region" {
  command = plan
  variables {
    region = "europe-west1-b"
  }
  expect_failures = [var.region]
}

run "a_multi_region_is_no_region" {
  command = plan
  variables {
    region = "eu"
  }
  expect_failures = [var.region]
}

run "a_database_s_name_is_lower_case" {
  command = plan
  variables {
    database = "Firmograph"
  }
  expect_failures = [var.database]
}

run "a_database_is_not_just_anywhere" {
  command = plan
  variables {
    database_location = "europe"
  }
  expect_failures = [var.database_location]
}

run "a_label_s_key_begins_with_a_letter" {
  command = plan
  variables {
    labels = { "1st" = "x" }
  }
  expect_failures = [var.labels]
}

run "a_label_s_value_is_lower_case" {
  command = plan
  variables {
    labels = { team = "Sales" }
  }
  expect_failures = [var.labels]
}

run "the_public_url_is_https" {
  command = plan
  variables {
    public_url = "http://api.example.com"
  }
  expect_failures = [var.public_url]
}

run "the_public_url_has_no_path" {
  command = plan
  variables {
    public_url = "https://api.example.com/"
  }
  expect_failures = [var.public_url]
}

run "an_invoker_is_a_member" {
  command = plan
  variables {
    api_invokers = ["me@example.com"]
  }
  expect_failures = [var.api_invokers]
}

run "a_setting_must_be_known" {
  command = plan
  variables {
    settings = { NO_SUCH_THING = "1" }
  }
  expect_failures = [var.settings]
}

run "a_setting_is_written_in_capitals" {
  command = plan
  variables {
    settings = { max_pages = "1" }
  }
  expect_failures = [var.settings]
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

run "a_key_version_is_whole" {
  command = plan
  variables {
    webhook_master_key_version = 1.5
  }
  expect_failures = [var.webhook_master_key_version]
}

run "a_scaled_function_must_be_known" {
  command = plan
  variables {
    scale = { crawler = { max_instances = 1 } }
  }
  expect_failures = [var.scale]
}

run "a_queue_starts_at_most_500_a_second" {
  command = plan
  variables {
    webhooks_per_second = 501
  }
  expect_failures = [var.webhooks_per_second]
}

run "a_backup_is_kept_for_at_most_98_days" {
  command = plan
  variables {
    backup_days = 99
  }
  expect_failures = [var.backup_days]
}

run "a_budget_is_not_negative" {
  command = plan
  variables {
    monthly_budget = -1
  }
  expect_failures = [var.monthly_budget]
}

run "a_channel_is_a_resource_name" {
  command = plan
  variables {
    notification_channels = ["ops@example.com"]
  }
  expect_failures = [var.notification_channels]
}

run "an_alert_goes_to_an_address" {
  command = plan
  variables {
    alert_emails = ["ops"]
  }
  expect_failures = [var.alert_emails]
}

run "an_age_is_at_least_a_minute" {
  command = plan
  variables {
    oldest_message_seconds = 5
  }
  expect_failures = [var.oldest_message_seconds]
}

run "concurrency_needs_a_whole_cpu" {
  command = plan
  variables {
    scale = { crawl = { cpu = 0.5 } }
  }
  expect_failures = [google_cloudfunctions2_function.function]
}

run "concurrency_is_whole" {
  command = plan
  variables {
    scale = { crawl = { concurrency = 1.5 } }
  }
  expect_failures = [google_cloudfunctions2_function.function]
}

run "there_are_no_more_least_than_most_instances" {
  command = plan
  variables {
    scale = { api = { min_instances = 9, max_instances = 3 } }
  }
  expect_failures = [google_cloudfunctions2_function.function]
}

run "a_function_that_never_runs_is_a_mistake" {
  command = plan
  variables {
    scale = { crawl = { max_instances = 0 } }
  }
  expect_failures = [google_cloudfunctions2_function.function]
}

run "memory_needs_cpu" {
  command = plan
  variables {
    scale = { crawl = { memory_mb = 8192 } }
  }
  expect_failures = [google_cloudfunctions2_function.function]
}

run "a_budget_needs_a_billing_account" {
  command = plan
  override_data {
    target = data.google_project.project
    values = { number = "123456789012", billing_account = "" }
  }
  expect_failures = [google_billing_budget.month]
}
