# Every stage has its topic, its own push subscription, dead letters, and the grants for them.

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

run "stages" {
  command = apply

  assert {
    condition = jsonencode({ for name, subscription in google_pubsub_subscription.stage : name => subscription.name }) == jsonencode({
      for name, row in jsondecode(file("../functions/functions.json")) : name => row.topic if row.trigger == "topic"
    })
    error_message = "Subscriptions and functions.json disagree."
  }

  assert {
    condition = alltrue([
      for name, subscription in google_pubsub_subscription.stage : alltrue([
        subscription.topic == google_pubsub_topic.topic[subscription.name].id,
        google_pubsub_topic.topic[subscription.name].name == subscription.name,
        subscription.push_config[0].push_endpoint == google_cloudfunctions2_function.function[name].service_config[0].uri,
        subscription.push_config[0].oidc_token[0].audience == google_cloudfunctions2_function.function[name].service_config[0].uri,
        subscription.push_config[0].oidc_token[0].service_account_email == google_service_account.agent["push"].email,
        subscription.push_config[0].no_wrapper[0].write_metadata,
      ])
    ])
    error_message = "Each stage's messages are pushed to it unwrapped, with their attributes and a token for it."
  }

  assert {
    condition = alltrue([
      for subscription in google_pubsub_subscription.stage : alltrue([
        subscription.ack_deadline_seconds == 600,
        subscription.retry_policy[0].minimum_backoff == "10s",
        subscription.retry_policy[0].maximum_backoff == "600s",
        subscription.expiration_policy[0].ttl == "",
        subscription.message_retention_duration == "604800s",
      ])
    ])
    error_message = "A stage has 600 s for a message, which comes again after 10 to 600 s, for a week; subscriptions never expire."
  }

  assert {
    condition = alltrue([
      for name, subscription in google_pubsub_subscription.stage :
      google_cloudfunctions2_function.function[name].service_config[0].timeout_seconds < subscription.ack_deadline_seconds
    ])
    error_message = "A stage must end before its message comes again."
  }

  # dead letters

  assert {
    condition = alltrue([
      for subscription in google_pubsub_subscription.stage :
      subscription.dead_letter_policy[0].dead_letter_topic == google_pubsub_topic.topic["scrape-dead-letters"].id
      && subscription.dead_letter_policy[0].max_delivery_attempts == 20
    ])
    error_message = "A message that was refused 20 times goes to the dead letters."
  }

  assert {
    condition = alltrue([
      google_pubsub_topic_iam_member.dead_letters.topic == "scrape-dead-letters",
      google_pubsub_topic_iam_member.dead_letters.role == "roles/pubsub.publisher",
      google_pubsub_topic_iam_member.dead_letters.member == "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com",
    ])
    error_message = "Pub/Sub's agent may not put messages with the dead letters."
  }

  assert {
    condition = alltrue([
      for name, subscription in google_pubsub_subscription.stage : alltrue([
        google_pubsub_subscription_iam_member.dead_letters[name].subscription == subscription.name,
        google_pubsub_subscription_iam_member.dead_letters[name].role == "roles/pubsub.subscriber",
        google_pubsub_subscription_iam_member.dead_letters[name].member == "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com",
      ])
    ])
    error_message = "Pub/Sub's agent may not take dead letters out of a subscription."
  }

  assert {
    condition = jsonencode({ for name, view in google_pubsub_subscription.view : name => [view.expiration_policy[0].ttl, length(view.push_config), view.message_retention_duration] }) == jsonencode({
      scrape-dead-letters = ["", 0, "1209600s"]
      scrape-progress     = ["", 0, "3600s"]
    })
    error_message = "Dead letters and progress have a pull subscription to look at, which never expires."
  }

  assert {
    condition     = alltrue([for name, view in google_pubsub_subscription.view : view.topic == google_pubsub_topic.topic[name].id])
    error_message = "A view shows another topic."
  }

  assert {
    condition = alltrue([
      strcontains(google_monitoring_alert_policy.alert["dead_letters"].conditions[0].condition_threshold[0].filter, "subscription_id=\"${google_pubsub_subscription.view["scrape-dead-letters"].name}\""),
      google_monitoring_alert_policy.alert["dead_letters"].conditions[0].condition_threshold[0].threshold_value == 0,
    ])
    error_message = "The first dead letter raises an alert."
  }
}
