locals {
  dead_letters = "scrape-dead-letters"
  progress     = "scrape-progress"
  topics       = toset(concat([local.dead_letters, local.progress], [for row in local.stages : row.topic]))

  # Who publishes: a stage to its successor, to itself (try again) and to assemble (past the deadline); whoever settles
  # jobs to discover, for a job whose run was cancelled under it gets a new one; sweep whatever has got stuck.
  publishers = {
    scrape-discover  = ["api", "discover", "notify", "sweep"]
    scrape-crawl     = ["discover", "crawl", "sweep"]
    scrape-financial = ["crawl", "financial", "sweep"]
    scrape-signals   = ["financial", "signals", "sweep"]
    scrape-assemble  = ["discover", "crawl", "financial", "signals", "assemble", "sweep"]
    scrape-progress  = keys(local.stages)
  }

  # To look at: without a subscription the Console shows nothing of a topic.
  views = {
    (local.dead_letters) = { retention = "1209600s" } # 14 days
    (local.progress)     = { retention = "3600s" }
  }
}

resource "google_pubsub_topic" "topic" {
  for_each   = local.topics
  project    = local.project
  name       = each.key
  labels     = { topic = each.key }
  depends_on = [google_project_service.api]
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = merge([
    for topic, functions in local.publishers : { for name in functions : "${topic} ${name}" => { topic = topic, function = name } }
  ]...)
  project = local.project
  topic   = google_pubsub_topic.topic[each.value.topic].name
  role    = "roles/pubsub.publisher"
  member  = google_service_account.function[each.value.function].member
}

resource "google_pubsub_topic_iam_member" "delayed_publisher" {
  for_each = local.stages
  project  = local.project
  topic    = google_pubsub_topic.topic[each.value.topic].name
  role     = "roles/pubsub.publisher"
  member   = google_service_account.agent["delayed"].member
}

resource "google_pubsub_subscription" "stage" {
  for_each                   = local.stages
  project                    = local.project
  name                       = each.value.topic
  topic                      = google_pubsub_topic.topic[each.value.topic].id
  labels                     = { stage = each.key }
  ack_deadline_seconds       = 600
  message_retention_duration = "604800s"

  push_config {
    push_endpoint = google_cloudfunctions2_function.function[each.key].service_config[0].uri
    oidc_token {
      service_account_email = google_service_account.agent["push"].email
      audience              = google_cloudfunctions2_function.function[each.key].service_config[0].uri
    }
    no_wrapper {
      write_metadata = true # attributes become headers, so that the push is a CloudEvent
    }
  }
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }
  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.topic[local.dead_letters].id
    max_delivery_attempts = 20
  }
  expiration_policy {
    ttl = "" # never
  }
  depends_on = [google_cloud_run_v2_service_iam_member.caller, google_pubsub_topic_iam_member.dead_letters]
}

resource "google_pubsub_topic_iam_member" "dead_letters" {
  project = local.project
  topic   = google_pubsub_topic.topic[local.dead_letters].name
  role    = "roles/pubsub.publisher"
  member  = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "dead_letters" {
  for_each     = local.stages
  project      = local.project
  subscription = google_pubsub_subscription.stage[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

resource "google_pubsub_subscription" "view" {
  for_each                   = local.views
  project                    = local.project
  name                       = each.key
  topic                      = google_pubsub_topic.topic[each.key].id
  ack_deadline_seconds       = 60
  message_retention_duration = each.value.retention

  expiration_policy {
    ttl = ""
  }
}
