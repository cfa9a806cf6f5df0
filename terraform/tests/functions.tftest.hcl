# What runs, with what, and who may call it.

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

run "functions" {
  command = apply

  assert {
    condition = alltrue([
      for name, row in jsondecode(file("../functions/functions.json")) : alltrue([
        google_cloudfunctions2_function.function[name].name == name,
        google_cloudfunctions2_function.function[name].location == "us-central1",
        google_cloudfunctions2_function.function[name].build_config[0].entry_point == name,
        google_cloudfunctions2_function.function[name].service_config[0].available_cpu == tostring(row.cpu),
        google_cloudfunctions2_function.function[name].service_config[0].available_memory == "${row.memory_mb}Mi",
        google_cloudfunctions2_function.function[name].service_config[0].max_instance_request_concurrency == row.concurrency,
        google_cloudfunctions2_function.function[name].service_config[0].min_instance_count == row.min_instances,
        google_cloudfunctions2_function.function[name].service_config[0].max_instance_count == row.max_instances,
        google_cloudfunctions2_function.function[name].service_config[0].timeout_seconds == row.timeout_seconds,
      ])
    ]) && length(google_cloudfunctions2_function.function) == length(jsondecode(file("../functions/functions.json")))
    error_message = "Functions and functions.json disagree."
  }

  assert {
    condition     = jsonencode([for name, function in google_cloudfunctions2_function.function : name if function.service_config[0].ingress_settings != "ALLOW_INTERNAL_ONLY"]) == jsonencode(["api"])
    error_message = "api alone takes calls from outside."
  }

  assert {
    condition     = jsonencode([for grant in google_cloud_run_v2_service_iam_member.public : [grant.name, grant.role, grant.member]]) == jsonencode([["api", "roles/run.invoker", "allUsers"]])
    error_message = "api alone is public."
  }

  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function : alltrue([
        function.build_config[0].service_account == google_service_account.agent["build"].name,
        function.service_config[0].service_account_email == google_service_account.function[name].email,
        google_service_account.function[name].account_id == "firmograph-${name}",
      ])
    ])
    error_message = "Each function runs as its own account, and all are built by the builder."
  }

  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      function.build_config[0].source[0].storage_source[0].object == "${name}/5eed.zip"
      && google_storage_bucket_object.function[name].name == "${name}/5eed.zip"
      && google_storage_bucket_object.function[name].source == "build/function.zip"
    ])
    error_message = "A function's source is the object that is named by the hash of its own package."
  }

  assert {
    condition = alltrue(flatten([
      for function in google_cloudfunctions2_function.function : [
        for name in keys(function.service_config[0].environment_variables) :
        startswith(name, "FIRMOGRAPH_") && can(regex("\n    ${lower(trimprefix(name, "FIRMOGRAPH_"))}: ", file("../shared/settings.py")))
      ]
    ]))
    error_message = "A variable is set that shared/settings.py does not know."
  }

  assert {
    condition = alltrue([
      for function in google_cloudfunctions2_function.function : alltrue([
        function.service_config[0].environment_variables["FIRMOGRAPH_PLATFORM"] == "google",
        function.service_config[0].environment_variables["FIRMOGRAPH_PROJECT"] == "mock-project",
        function.service_config[0].environment_variables["FIRMOGRAPH_LOCATION"] == google_cloud_tasks_queue.webhooks.location,
        function.service_config[0].environment_variables["FIRMOGRAPH_DATABASE"] == google_firestore_database.database.name,
        function.service_config[0].environment_variables["FIRMOGRAPH_TASKS_ACCOUNT"] == google_service_account.agent["delayed"].email,
        function.service_config[0].environment_variables["FIRMOGRAPH_DELAY_QUEUE"] == google_cloud_tasks_queue.delayed.name,
        function.service_config[0].environment_variables["FIRMOGRAPH_PUBLIC_URL"] == "https://api-123456789012.us-central1.run.app",
        length(setsubtract(
          ["api-123456789012.us-central1.run.app", "api-*.a.run.app", "sweep-*.a.run.app", "us-central1-mock-project.cloudfunctions.net"],
          split(",", function.service_config[0].environment_variables["FIRMOGRAPH_OWN_HOSTS"]),
        )) == 0,
      ])
    ])
    error_message = "The environment does not say where the function is."
  }

  assert {
    condition     = jsonencode([for name, function in google_cloudfunctions2_function.function : name if length(function.service_config[0].secret_environment_variables) > 0]) == jsonencode(["api", "deliver"])
    error_message = "api and deliver alone get the master key."
  }

  assert {
    condition     = google_cloudfunctions2_function.function["financial"].service_config[0].environment_variables["FIRMOGRAPH_EDGAR_INTERVAL_SECONDS"] == "1"
    error_message = "All instances of financial together ask EDGAR at most ten times a second."
  }

  assert {
    condition     = !strcontains(jsonencode(google_cloudfunctions2_function.function), "MASTER_KEY\":")
    error_message = "The master key stands in an environment in plain text."
  }

  # triggers

  assert {
    condition = alltrue([
      google_cloudfunctions2_function.function["notify"].event_trigger[0].event_type == "google.cloud.firestore.document.v1.created",
      google_cloudfunctions2_function.function["notify"].event_trigger[0].trigger_region == google_firestore_database.database.location_id,
      google_cloudfunctions2_function.function["notify"].event_trigger[0].retry_policy == "RETRY_POLICY_RETRY",
      google_cloudfunctions2_function.function["notify"].event_trigger[0].service_account_email == google_service_account.agent["events"].email,
      toset([for filter in google_cloudfunctions2_function.function["notify"].event_trigger[0].event_filters : "${filter.attribute} ${filter.value} ${coalesce(filter.operator, "=")}"]) == toset([
        "database (default) =", "document ${jsondecode(file("../functions/functions.json")).notify.document} match-path-pattern",
      ]),
      length([for function in google_cloudfunctions2_function.function : function if length(function.event_trigger) > 0]) == 1,
    ])
    error_message = "notify is woken by outbox documents of this database, in its location, until it succeeds."
  }

  assert {
    condition = alltrue([
      google_cloud_tasks_queue.webhooks.name == jsondecode(file("../functions/functions.json")).deliver.queue,
      google_cloud_tasks_queue.webhooks.http_target[0].uri_override[0].host == google_cloudfunctions2_function.function["deliver"].service_config[0].uri,
      google_cloud_tasks_queue.webhooks.http_target[0].uri_override[0].scheme == "HTTPS",
      google_cloud_tasks_queue.webhooks.http_target[0].uri_override[0].uri_override_enforce_mode == "ALWAYS",
      google_cloud_tasks_queue.webhooks.http_target[0].oidc_token[0].audience == google_cloudfunctions2_function.function["deliver"].service_config[0].uri,
      google_cloud_tasks_queue.webhooks.http_target[0].oidc_token[0].service_account_email == google_service_account.agent["tasks"].email,
      google_cloud_tasks_queue.webhooks.rate_limits[0].max_concurrent_dispatches == 640,
      length(google_cloud_tasks_queue.delayed.http_target) == 0,
    ])
    error_message = "The queue of webhooks calls deliver with a token for it; delayed tasks carry their own."
  }

  assert {
    condition = alltrue([
      jsonencode(keys(google_cloud_scheduler_job.function)) == jsonencode(["sweep"]),
      google_cloud_scheduler_job.function["sweep"].schedule == "* * * * *",
      google_cloud_scheduler_job.function["sweep"].attempt_deadline == "55s",
      google_cloud_scheduler_job.function["sweep"].http_target[0].uri == google_cloudfunctions2_function.function["sweep"].service_config[0].uri,
      google_cloud_scheduler_job.function["sweep"].http_target[0].oidc_token[0].audience == google_cloudfunctions2_function.function["sweep"].service_config[0].uri,
      google_cloud_scheduler_job.function["sweep"].http_target[0].oidc_token[0].service_account_email == google_service_account.agent["schedule"].email,
    ])
    error_message = "The schedule calls sweep every minute with a token for it."
  }

  assert {
    condition     = length(distinct([for function in google_cloudfunctions2_function.function : function.service_config[0].uri])) == 9
    error_message = "The mocked addresses are alike: then these tests prove nothing."
  }
}

run "changes_of_scale_and_settings_arrive" {
  command = apply

  variables {
    scale      = { crawl = { max_instances = 200, memory_mb = 2048 }, financial = { max_instances = 25 }, deliver = { max_instances = 500 } }
    settings   = { USER_AGENT = "Mine/1.0", MAX_PAGES = "20" }
    public_url = "https://api.example.com"
    region     = "europe-west1"
  }

  assert {
    condition = alltrue([
      google_cloudfunctions2_function.function["crawl"].service_config[0].max_instance_count == 200,
      google_cloudfunctions2_function.function["crawl"].service_config[0].available_memory == "2048Mi",
      google_cloudfunctions2_function.function["crawl"].service_config[0].max_instance_request_concurrency == 16,
      google_cloudfunctions2_function.function["financial"].service_config[0].environment_variables["FIRMOGRAPH_EDGAR_INTERVAL_SECONDS"] == "2.5",
      google_cloud_tasks_queue.webhooks.rate_limits[0].max_concurrent_dispatches == 5000,
    ])
    error_message = "A change of scale did not arrive."
  }

  assert {
    condition = alltrue([
      for function in google_cloudfunctions2_function.function : alltrue([
        function.location == "europe-west1",
        function.service_config[0].environment_variables["FIRMOGRAPH_USER_AGENT"] == "Mine/1.0",
        function.service_config[0].environment_variables["FIRMOGRAPH_MAX_PAGES"] == "20",
        function.service_config[0].environment_variables["FIRMOGRAPH_PUBLIC_URL"] == "https://api.example.com",
        contains(split(",", function.service_config[0].environment_variables["FIRMOGRAPH_OWN_HOSTS"]), "api.example.com"),
        contains(split(",", function.service_config[0].environment_variables["FIRMOGRAPH_OWN_HOSTS"]), "api-123456789012.europe-west1.run.app"),
      ])
    ])
    error_message = "A setting did not arrive."
  }
}
