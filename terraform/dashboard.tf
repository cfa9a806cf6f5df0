locals {
  # Two in a row, in this order.
  charts = [
    { title = "Messages waiting", metric = "pubsub.googleapis.com/subscription/num_undelivered_messages", of = "resource.type=\"pubsub_subscription\"", align = "ALIGN_MAX", reduce = "REDUCE_SUM", by = "resource.label.subscription_id" },
    { title = "Age of the oldest message (s)", metric = "pubsub.googleapis.com/subscription/oldest_unacked_message_age", of = "resource.type=\"pubsub_subscription\"", align = "ALIGN_MAX", reduce = "REDUCE_MAX", by = "resource.label.subscription_id" },
    { title = "Jobs by their end, per second", metric = "logging.googleapis.com/user/firmograph/jobs_ended", of = "resource.type=\"cloud_run_revision\"", align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = "metric.label.status" },
    { title = "Stage latency, 95th percentile (ms)", metric = "run.googleapis.com/request_latencies", of = local.run_services, align = "ALIGN_PERCENTILE_95", reduce = "REDUCE_MAX", by = "resource.label.service_name" },
    { title = "Answers by class, per second", metric = "run.googleapis.com/request_count", of = local.run_services, align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = "metric.label.response_code_class" },
    { title = "Errors logged, per second", metric = "logging.googleapis.com/log_entry_count", of = "${local.run_services} AND metric.labels.severity=\"ERROR\"", align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = "resource.label.service_name" },
    { title = "Stage failures, per second", metric = "logging.googleapis.com/user/firmograph/stage_failures", of = "resource.type=\"cloud_run_revision\"", align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = "metric.label.stage" },
    { title = "Published again by the sweep, per second", metric = "logging.googleapis.com/user/firmograph/swept", of = "resource.type=\"cloud_run_revision\"", align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = "metric.label.stage" },
    { title = "Webhook attempts by answer (2: 2xx), per second", metric = "logging.googleapis.com/user/firmograph/webhook_attempts", of = "resource.type=\"cloud_run_revision\"", align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = "metric.label.answer" },
    { title = "Tasks waiting", metric = "cloudtasks.googleapis.com/queue/depth", of = "resource.type=\"cloud_tasks_queue\"", align = "ALIGN_MAX", reduce = "REDUCE_SUM", by = "resource.label.queue_id" },
    { title = "Instances", metric = "run.googleapis.com/container/instance_count", of = local.run_services, align = "ALIGN_MAX", reduce = "REDUCE_SUM", by = "resource.label.service_name" },
    { title = "Cost: billed instance seconds, per second", metric = "run.googleapis.com/container/billable_instance_time", of = local.run_services, align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = "resource.label.service_name" },
    { title = "Cost: documents written, per second", metric = "firestore.googleapis.com/document/write_count", of = "resource.type=\"firestore_instance\"", align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = "metric.label.op" },
    { title = "Cost: documents read, per second", metric = "firestore.googleapis.com/document/read_count", of = "resource.type=\"firestore_instance\"", align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = "metric.label.type" },
    { title = "Cost: bytes logged, per second", metric = "logging.googleapis.com/byte_count", of = local.run_services, align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = "resource.label.service_name" },
    { title = "Cost: bytes sent, per second", metric = "run.googleapis.com/container/network/sent_bytes_count", of = local.run_services, align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = "resource.label.service_name" },
  ]
}

resource "google_monitoring_dashboard" "dashboard" {
  project = local.project
  dashboard_json = jsonencode({
    displayName = "Firmograph"
    mosaicLayout = {
      columns = 48
      tiles = [
        for index, chart in local.charts : {
          xPos   = 24 * (index % 2)
          yPos   = 16 * floor(index / 2)
          width  = 24
          height = 16
          widget = {
            title = chart.title
            xyChart = {
              dataSets = [{
                plotType = "LINE"
                timeSeriesQuery = {
                  timeSeriesFilter = {
                    filter = "metric.type=\"${chart.metric}\" AND ${chart.of}"
                    aggregation = {
                      alignmentPeriod    = "60s"
                      perSeriesAligner   = chart.align
                      crossSeriesReducer = chart.reduce
                      groupByFields      = [chart.by]
                    }
                  }
                }
              }]
            }
          }
        }
      ]
    }
  })
  depends_on = [google_logging_metric.metric]
}
