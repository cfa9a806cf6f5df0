locals {
  console = "https://console.cloud.google.com"
}

output "api_url" {
  description = "Base URL of the API."
  value       = local.public_url
}

output "api_run_url" {
  description = "The API's own run.app address, which answers whether or not public_url is set up."
  value       = google_cloudfunctions2_function.function["api"].service_config[0].uri
}

output "database" {
  value = google_firestore_database.database.name
}

output "dead_letters_subscription" {
  value = google_pubsub_subscription.view[local.dead_letters].id
}

output "webhook_master_key_secret" {
  description = "Where the master key stands; the command line reads it to show or verify a webhook secret."
  value       = google_secret_manager_secret.webhook_master_key.id
}

output "queues" {
  description = "A Console link for each queue, by the function that it feeds or what it is for."
  value = merge(
    { for name, row in local.stages : name => "${local.console}/cloudpubsub/subscription/detail/${row.topic}?project=${local.project}" },
    { for name in keys(local.views) : trimprefix(name, "scrape-") => "${local.console}/cloudpubsub/subscription/detail/${name}?project=${local.project}" },
    { for name, queue in local.queues : name => "${local.console}/cloudtasks/queue/${var.region}/${queue.name}/tasks?project=${local.project}" },
  )
}

output "dashboard" {
  value = "${local.console}/monitoring/dashboards/builder/${basename(google_monitoring_dashboard.dashboard.id)}?project=${local.project}"
}

output "logs" {
  description = "All functions' log lines; add `jsonPayload.run=\"…\"` for those of one run."
  value       = "${local.console}/logs/query;query=${replace(urlencode("resource.type=\"cloud_run_revision\" resource.labels.service_name=(${local.services})"), "+", "%20")}?project=${local.project}"
}
