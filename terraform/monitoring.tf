# What the logs count, and who hears of what is wrong. The dashboard is in dashboard.tf.

locals {
  log_metrics = {
    jobs_ended = {
      description = "Jobs that have ended, by how; those that a stored profile answers, too"
      function    = "" # whoever settles it: api, notify or sweep
      message     = "job ended"
      labels      = { status = "EXTRACT(jsonPayload.status)" }
    }
    stage_failures = {
      description = "Failures of a stage's own code, each of which brings its message again"
      function    = ""
      message     = "stage failed"
      labels      = { stage = "EXTRACT(jsonPayload.stage)" }
    }
    webhook_attempts = {
      description = "Webhook attempts by the first digit of the answer; none where there was no answer"
      function    = "deliver"
      message     = "webhook"
      labels      = { answer = "REGEXP_EXTRACT(jsonPayload.status, \"^([1-5])\")" }
    }
    swept = {
      description = "Runs whose stage the sweep published again, since nobody had claimed it"
      function    = "sweep"
      message     = "published again"
      labels      = { stage = "EXTRACT(jsonPayload.stage)" }
    }
  }
  services = join(" OR ", [for name in keys(local.functions) : "\"${name}\""])
}

resource "google_logging_metric" "metric" {
  for_each    = local.log_metrics
  project     = local.project
  name        = "firmograph/${each.key}"
  description = each.value.description
  filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=(${each.value.function == "" ? local.services : "\"${each.value.function}\""})",
    "jsonPayload.message=\"${each.value.message}\"",
  ])
  label_extractors = each.value.labels

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key = labels.key
      }
    }
  }
  depends_on = [google_project_service.api]
}

resource "google_monitoring_notification_channel" "email" {
  for_each     = var.alert_emails
  project      = local.project
  display_name = each.key
  type         = "email"
  labels       = { email_address = each.key }
  depends_on   = [google_project_service.api]
}

locals {
  channels = concat(var.notification_channels, [for channel in google_monitoring_notification_channel.email : channel.name])

  subscription = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id"
  run_services = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=one_of(${join(", ", [for name in keys(local.functions) : "\"${name}\""])})"
  requests     = "metric.type=\"run.googleapis.com/request_count\" AND ${local.run_services}"
  webhooks     = "metric.type=\"logging.googleapis.com/user/firmograph/webhook_attempts\" AND resource.type=\"cloud_run_revision\""

  # `of`: what the filtered is a share of; without it the number itself is compared.
  alerts = {
    dead_letters = {
      title      = "Firmograph: dead letters"
      filter     = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND ${local.subscription}=\"${local.dead_letters}\""
      of         = null
      aligner    = "ALIGN_MAX"
      reducer    = "REDUCE_SUM"
      by         = []
      over       = 0
      seconds    = 60
      severity   = "WARNING"
      what_to_do = <<-TEXT
        Messages were refused 20 times. The sweep has long ended their runs: no caller waits. Look at them with
        `./deploy.sh dead-letters list`; find the refusals in the log of the function that they name; after a fix
        `./deploy.sh dead-letters replay`, or `drop`.
      TEXT
    }
    oldest_message = {
      title      = "Firmograph: a stage's oldest message"
      filter     = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND ${local.subscription}=one_of(${join(", ", [for row in local.stages : "\"${row.topic}\""])})"
      of         = null
      aligner    = "ALIGN_MAX"
      reducer    = "REDUCE_MAX"
      by         = ["resource.label.subscription_id"]
      over       = var.oldest_message_seconds
      seconds    = 300
      severity   = "WARNING"
      what_to_do = <<-TEXT
        A stage is not keeping up, or refuses a message. If its errors are few and its instances at their limit, raise
        `scale.<stage>.max_instances`. If it fails, the errors of its function say why.
      TEXT
    }
    error_ratio = {
      title      = "Firmograph: errors of a function"
      filter     = "${local.requests} AND metric.labels.response_code_class=\"5xx\""
      of         = local.requests
      aligner    = "ALIGN_RATE"
      reducer    = "REDUCE_SUM"
      by         = ["resource.label.service_name"]
      over       = 0.05
      seconds    = 600
      severity   = "ERROR"
      what_to_do = <<-TEXT
        More than 5 % of a function's requests have failed for ten minutes. Its log says why. If it began with a
        deployment, apply the last release again: runs in flight go on with it.
      TEXT
    }
    webhook_failures = {
      title      = "Firmograph: webhooks that are not accepted"
      filter     = "${local.webhooks} AND metric.labels.answer!=\"2\""
      of         = local.webhooks
      aligner    = "ALIGN_RATE"
      reducer    = "REDUCE_SUM"
      by         = []
      over       = 0.5
      seconds    = 1800
      severity   = "WARNING"
      what_to_do = <<-TEXT
        More than half of all attempts have failed for half an hour. One large receiver that is down looks like this, and
        needs nothing: attempts go on for three days. If all receivers fail, look at the log of `deliver`.
      TEXT
    }
  }
}

resource "google_monitoring_alert_policy" "alert" {
  for_each              = local.alerts
  project               = local.project
  display_name          = each.value.title
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.channels

  conditions {
    display_name = each.value.title
    condition_threshold {
      filter             = each.value.filter
      denominator_filter = each.value.of
      comparison         = "COMPARISON_GT"
      threshold_value    = each.value.over
      duration           = "${each.value.seconds}s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
        group_by_fields      = each.value.by
      }
      dynamic "denominator_aggregations" {
        for_each = each.value.of == null ? [] : [1]
        content {
          alignment_period     = "300s"
          per_series_aligner   = each.value.aligner
          cross_series_reducer = each.value.reducer
          group_by_fields      = each.value.by
        }
      }
      trigger {
        count = 1
      }
    }
  }
  documentation {
    content   = each.value.what_to_do
    mime_type = "text/markdown"
  }
  alert_strategy {
    auto_close = "86400s"
  }
  # A policy is refused until the metric that it names is known, minutes after it was made: so it comes last.
  depends_on = [google_logging_metric.metric, google_cloudfunctions2_function.function]
}

resource "google_billing_budget" "month" {
  count           = var.monthly_budget > 0 ? 1 : 0
  billing_account = data.google_project.project.billing_account
  display_name    = "Firmograph in ${local.project}"

  budget_filter {
    projects = ["projects/${local.number}"]
  }
  amount {
    specified_amount {
      units = tostring(var.monthly_budget)
    }
  }
  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1]
    content {
      threshold_percent = threshold_rules.value
    }
  }
  dynamic "all_updates_rule" { # beside it the billing account's own administrators hear of it
    for_each = length(var.alert_emails) > 0 ? [1] : []
    content {
      monitoring_notification_channels = slice([for channel in google_monitoring_notification_channel.email : channel.name], 0, min(5, length(var.alert_emails)))
    }
  }

  lifecycle {
    precondition {
      condition     = data.google_project.project.billing_account != ""
      error_message = "The project has no billing account: link one, or set monthly_budget = 0."
    }
  }
  depends_on = [google_project_service.api]
}
