# The dashboard, what logs count, and who is told.

mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  project               = "mock-project"
  notification_channels = ["projects/mock-project/notificationChannels/17"]
  alert_emails          = ["ops@example.com"]
}

override_module {
  target  = module.package
  outputs = { path = "build/function.zip", hash = "5eed", files = [] }
}

run "alerts" {
  command = apply

  assert {
    condition = jsonencode(keys(google_monitoring_alert_policy.alert)) == jsonencode(["dead_letters", "error_ratio", "oldest_message", "webhook_failures"]) && alltrue([
      for alert in google_monitoring_alert_policy.alert : alltrue([
        toset(alert.notification_channels) == toset(["projects/mock-project/notificationChannels/17", google_monitoring_notification_channel.email["ops@example.com"].name]),
        length(alert.documentation[0].content) > 50,
      ])
    ])
    error_message = "Each alert is told to every channel, with what to do."
  }

  assert {
    condition = alltrue([
      for row in jsondecode(file("../functions/functions.json")) :
      strcontains(google_monitoring_alert_policy.alert["oldest_message"].conditions[0].condition_threshold[0].filter, "\"${row.topic}\"") if row.trigger == "topic"
    ]) && google_monitoring_alert_policy.alert["oldest_message"].conditions[0].condition_threshold[0].threshold_value == 900
    error_message = "A stage's oldest message is not watched."
  }

  assert {
    condition = alltrue([
      for name in ["error_ratio", "webhook_failures"] : alltrue([
        google_monitoring_alert_policy.alert[name].conditions[0].condition_threshold[0].denominator_filter != null,
        length(google_monitoring_alert_policy.alert[name].conditions[0].condition_threshold[0].denominator_aggregations) == 1,
        startswith(google_monitoring_alert_policy.alert[name].conditions[0].condition_threshold[0].filter, google_monitoring_alert_policy.alert[name].conditions[0].condition_threshold[0].denominator_filter),
      ])
    ])
    error_message = "A ratio is not one of a part to its whole."
  }

  assert {
    condition = alltrue([
      google_billing_budget.month[0].billing_account == "000000-000000-000000",
      google_billing_budget.month[0].amount[0].specified_amount[0].units == "100",
      jsonencode([for rule in google_billing_budget.month[0].threshold_rules : rule.threshold_percent]) == jsonencode([0.5, 0.9, 1]),
      google_billing_budget.month[0].all_updates_rule[0].monitoring_notification_channels[0] == google_monitoring_notification_channel.email["ops@example.com"].name,
    ])
    error_message = "The budget is not told."
  }

  # metrics

  # Whoever rewords a log line that is counted must hear of it.
  assert {
    condition = alltrue([
      for name, metric in local.log_metrics : anytrue([
        for path in setunion(fileset("..", "functions/**/*.py"), fileset("../", "shared/*.py")) :
        can(regex("log\\.\\w+\\(\\s*\"${metric.message}\"", file("../${path}"))) if metric.function == "" || startswith(path, "functions/${metric.function}/")
      ])
    ])
    error_message = "A log line that is counted is written nowhere."
  }

  assert {
    condition = alltrue(flatten([
      for metric in google_logging_metric.metric : [
        strcontains(metric.filter, "resource.type=\"cloud_run_revision\""),
        jsonencode(keys(metric.label_extractors)) == jsonencode([for label in metric.metric_descriptor[0].labels : label.key]),
        metric.metric_descriptor[0].metric_kind == "DELTA" && metric.metric_descriptor[0].value_type == "INT64",
      ]
    ]))
    error_message = "A log-based metric is not one that counts."
  }

  assert {
    condition = alltrue([
      for found in regexall("logging.googleapis.com/user/([a-z_/]+)", join(" ", concat([google_monitoring_dashboard.dashboard.dashboard_json], [for alert in google_monitoring_alert_policy.alert : alert.conditions[0].condition_threshold[0].filter]))) :
      contains([for metric in google_logging_metric.metric : metric.name], found[0])
    ])
    error_message = "A chart or an alert asks for a metric that is not there."
  }

  assert {
    condition = alltrue([
      length(jsondecode(google_monitoring_dashboard.dashboard.dashboard_json).mosaicLayout.tiles) == 16,
      length(distinct([for tile in jsondecode(google_monitoring_dashboard.dashboard.dashboard_json).mosaicLayout.tiles : "${tile.xPos} ${tile.yPos}"])) == 16,
    ])
    error_message = "Charts lie on each other."
  }

  assert {
    condition = alltrue([
      for metric in [
        "pubsub.googleapis.com/subscription/num_undelivered_messages", "pubsub.googleapis.com/subscription/oldest_unacked_message_age",
        "logging.googleapis.com/user/firmograph/jobs_ended", "run.googleapis.com/request_latencies", "run.googleapis.com/request_count",
        "logging.googleapis.com/user/firmograph/webhook_attempts", "run.googleapis.com/container/instance_count",
        "run.googleapis.com/container/billable_instance_time", "firestore.googleapis.com/document/write_count",
      ] : strcontains(google_monitoring_dashboard.dashboard.dashboard_json, metric)
    ])
    error_message = "Depth and oldest message, jobs by their end, latency, errors, webhooks, instances or costs have no chart."
  }

  # outputs

  assert {
    condition     = output.api_url == "https://api-123456789012.us-central1.run.app" && output.api_run_url == google_cloudfunctions2_function.function["api"].service_config[0].uri
    error_message = "The API's address is another."
  }

  assert {
    condition = jsonencode(keys(output.queues)) == jsonencode([
      "assemble", "crawl", "dead-letters", "delayed", "discover", "financial", "progress", "signals", "webhooks",
      ]) && output.queues.crawl == "https://console.cloud.google.com/cloudpubsub/subscription/detail/scrape-crawl?project=mock-project" && (
      output.queues.webhooks == "https://console.cloud.google.com/cloudtasks/queue/us-central1/webhooks/tasks?project=mock-project"
    )
    error_message = "A queue has no link."
  }

  assert {
    condition     = startswith(output.logs, "https://console.cloud.google.com/logs/query;query=") && !can(regex("[ \"]", output.logs))
    error_message = "The link to the logs is not one."
  }
}
