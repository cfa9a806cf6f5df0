resource "google_cloud_scheduler_job" "function" {
  for_each         = { for name, row in local.functions : name => row if row.trigger == "schedule" }
  project          = local.project
  region           = var.region
  name             = each.key
  description      = "Firmograph: calls ${each.key}"
  schedule         = each.value.every_seconds == 60 ? "* * * * *" : "*/${each.value.every_seconds / 60} * * * *"
  time_zone        = "Etc/UTC"
  attempt_deadline = "${each.value.timeout_seconds}s"

  http_target {
    http_method = "POST"
    uri         = google_cloudfunctions2_function.function[each.key].service_config[0].uri
    oidc_token {
      service_account_email = google_service_account.agent["schedule"].email
      audience              = google_cloudfunctions2_function.function[each.key].service_config[0].uri
    }
  }
  retry_config {
    retry_count = 0 # the next minute tries again
  }

  lifecycle {
    precondition {
      condition     = contains([60, 120, 180, 240, 300, 600, 900, 1200, 1800], each.value.every_seconds)
      error_message = "${each.key}: every_seconds is a number of minutes that divides an hour."
    }
  }
  depends_on = [google_project_service.api, google_cloud_run_v2_service_iam_member.caller]
}
