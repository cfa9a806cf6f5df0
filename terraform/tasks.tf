locals {
  # Who makes tasks: webhook attempts, and what is to be published later.
  enqueuers = {
    webhooks = ["api", "notify", "deliver", "sweep"]
    delayed  = keys(local.stages)
  }
  queues = {
    webhooks = { name = google_cloud_tasks_queue.webhooks.name, account = google_service_account.agent["tasks"].name }
    delayed  = { name = google_cloud_tasks_queue.delayed.name, account = google_service_account.agent["delayed"].name }
  }
  enqueuer = merge([
    for queue, functions in local.enqueuers : { for name in functions : "${queue} ${name}" => { queue = queue, function = name } }
  ]...)
}

# deliver makes tasks for itself, and could not know its own address: the queue knows it.
resource "google_cloud_tasks_queue" "webhooks" {
  project  = local.project
  location = var.region
  name     = local.functions.deliver.queue

  http_target {
    http_method = "POST"
    uri_override {
      scheme                    = "HTTPS"
      host                      = trimprefix(google_cloudfunctions2_function.function["deliver"].service_config[0].uri, "https://")
      uri_override_enforce_mode = "ALWAYS"
      path_override {
        path = "/"
      }
    }
    oidc_token {
      service_account_email = google_service_account.agent["tasks"].email
      audience              = google_cloudfunctions2_function.function["deliver"].service_config[0].uri
    }
  }
  rate_limits {
    max_dispatches_per_second = var.webhooks_per_second
    max_concurrent_dispatches = min(5000, local.functions.deliver.max_instances * local.functions.deliver.concurrency)
  }
  retry_config { # deliver counts an endpoint's failures itself: this is for its own, and sweep comes after
    max_attempts = 10
    min_backoff  = "5s"
    max_backoff  = "300s"
  }
  depends_on = [google_project_service.api, google_cloud_run_v2_service_iam_member.caller]
}

resource "google_cloud_tasks_queue" "delayed" {
  project  = local.project
  location = var.region
  name     = "delayed"

  rate_limits {
    max_dispatches_per_second = 500
    max_concurrent_dispatches = 100
  }
  retry_config {
    max_attempts = 20
    min_backoff  = "1s"
    max_backoff  = "60s"
  }
  depends_on = [google_project_service.api]
}

resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = local.enqueuer
  project  = local.project
  location = var.region
  name     = local.queues[each.value.queue].name
  role     = "roles/cloudtasks.enqueuer"
  member   = google_service_account.function[each.value.function].member
}

# Whoever makes a task that carries an account's token must be allowed to act as that account.
resource "google_service_account_iam_member" "task_account_user" {
  for_each           = local.enqueuer
  service_account_id = local.queues[each.value.queue].account
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.function[each.value.function].member
}
