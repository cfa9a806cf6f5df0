# The sizes in examples/ can be applied, and hold what they promise.

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

run "examples" {
  command = plan
  module {
    source = "./tests/sizes"
  }
}

run "small" {
  command = plan
  variables {
    scale               = run.examples.sizes.small.scale
    settings            = run.examples.sizes.small.settings
    webhooks_per_second = run.examples.sizes.small.webhooks_per_second
    monthly_budget      = run.examples.sizes.small.monthly_budget
  }
  assert {
    condition = (
      google_cloudfunctions2_function.function["crawl"].service_config[0].max_instance_count
      * google_cloudfunctions2_function.function["crawl"].service_config[0].max_instance_request_concurrency
      >= 10000 / 86400 * 30 * 2
    )
    error_message = "10000 companies a day, 30 s each, with as much in reserve, are more than crawl takes at once."
  }
  assert {
    condition     = google_cloud_tasks_queue.webhooks.rate_limits[0].max_dispatches_per_second >= 10000 / 86400 * 2
    error_message = "The queue starts fewer webhooks than there are companies."
  }
}

run "medium" {
  command = plan
  variables {
    scale               = run.examples.sizes.medium.scale
    settings            = run.examples.sizes.medium.settings
    webhooks_per_second = run.examples.sizes.medium.webhooks_per_second
    monthly_budget      = run.examples.sizes.medium.monthly_budget
  }
  assert {
    condition = (
      google_cloudfunctions2_function.function["crawl"].service_config[0].max_instance_count
      * google_cloudfunctions2_function.function["crawl"].service_config[0].max_instance_request_concurrency
      >= 100000 / 86400 * 30 * 2
    )
    error_message = "100000 companies a day, 30 s each, with as much in reserve, are more than crawl takes at once."
  }
  assert {
    condition     = google_cloud_tasks_queue.webhooks.rate_limits[0].max_dispatches_per_second >= 100000 / 86400 * 2
    error_message = "The queue starts fewer webhooks than there are companies."
  }
}

run "large" {
  command = plan
  variables {
    scale               = run.examples.sizes.large.scale
    settings            = run.examples.sizes.large.settings
    webhooks_per_second = run.examples.sizes.large.webhooks_per_second
    monthly_budget      = run.examples.sizes.large.monthly_budget
  }
  assert {
    condition = (
      google_cloudfunctions2_function.function["crawl"].service_config[0].max_instance_count
      * google_cloudfunctions2_function.function["crawl"].service_config[0].max_instance_request_concurrency
      >= 10000000 / 86400 * 30 * 2
    )
    error_message = "10000000 companies a day, 30 s each, with as much in reserve, are more than crawl takes at once."
  }
  assert {
    condition     = google_cloud_tasks_queue.webhooks.rate_limits[0].max_dispatches_per_second >= 10000000 / 86400 * 2
    error_message = "The queue starts fewer webhooks than there are companies."
  }
}
