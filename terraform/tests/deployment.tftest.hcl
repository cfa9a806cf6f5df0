# A deployment as its variables' defaults make it, then one in which they are others. One file, since each that applies
# takes about eight seconds.

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

run "what_is_deployed" {
  command = apply

  # What runs, with what, and who may call it.

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
    condition = alltrue([
      for name, seconds in { EDGAR = "1", GLEIF = "10", WIKIDATA = "5" } :
      google_cloudfunctions2_function.function["financial"].service_config[0].environment_variables["FIRMOGRAPH_${name}_INTERVAL_SECONDS"] == seconds
    ])
    error_message = "All instances of financial together ask EDGAR ten times a second, GLEIF once, Wikidata twice."
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

  # Every account's permissions are exactly these.

  # there are no others

  assert {
    condition = jsonencode(sort(flatten([
      for path in fileset(path.module, "**/*.tf") : [
        for found in regexall("resource \"(google_\\w+_iam_\\w+)\" \"(\\w+)\"", file(path)) : join(".", found)
      ]
      ]))) == jsonencode(sort([
      "google_artifact_registry_repository_iam_member.builder",
      "google_cloud_run_v2_service_iam_member.caller",
      "google_cloud_run_v2_service_iam_member.public",
      "google_cloud_tasks_queue_iam_member.enqueuer",
      "google_project_iam_member.builder_logs",
      "google_project_iam_member.builder_sources",
      "google_project_iam_member.documents",
      "google_project_iam_member.event_receiver",
      "google_pubsub_subscription_iam_member.dead_letters",
      "google_pubsub_topic_iam_member.dead_letters",
      "google_pubsub_topic_iam_member.delayed_publisher",
      "google_pubsub_topic_iam_member.publisher",
      "google_secret_manager_secret_iam_member.reader",
      "google_service_account_iam_member.pubsub_token_creator",
      "google_service_account_iam_member.task_account_user",
      "google_storage_bucket_iam_member.builder",
    ]))
    error_message = "There is a grant that the tests below don't know."
  }

  assert {
    condition = toset(flatten([for path in fileset(path.module, "**/*.tf") : regexall("roles/[\\w.]+", file(path))])) == toset([
      "roles/artifactregistry.writer", "roles/cloudtasks.enqueuer", "roles/datastore.user", "roles/eventarc.eventReceiver",
      "roles/iam.serviceAccountOpenIdTokenCreator", "roles/iam.serviceAccountUser", "roles/logging.logWriter",
      "roles/pubsub.publisher", "roles/pubsub.subscriber", "roles/run.invoker", "roles/secretmanager.secretAccessor",
      "roles/storage.objectViewer",
    ])
    error_message = "There is a role that is not known here; nobody is owner, editor or administrator of anything."
  }

  assert {
    condition     = jsonencode(keys(google_service_account.function)) == jsonencode(keys(jsondecode(file("../functions/functions.json")))) && jsonencode(keys(google_service_account.agent)) == jsonencode(["build", "delayed", "events", "push", "schedule", "tasks"])
    error_message = "There is an account more or less."
  }

  # what functions may

  assert {
    condition = jsonencode({
      for name, account in google_service_account.function : name => sort([
        for grant in google_pubsub_topic_iam_member.publisher : grant.topic if grant.member == account.member && grant.role == "roles/pubsub.publisher"
      ])
      }) == jsonencode({
      api       = ["scrape-discover"]
      assemble  = ["scrape-assemble", "scrape-progress"]
      crawl     = ["scrape-assemble", "scrape-crawl", "scrape-financial", "scrape-progress"]
      deliver   = []
      discover  = ["scrape-assemble", "scrape-crawl", "scrape-discover", "scrape-progress"]
      financial = ["scrape-assemble", "scrape-financial", "scrape-progress", "scrape-signals"]
      notify    = ["scrape-discover"]
      signals   = ["scrape-assemble", "scrape-progress", "scrape-signals"]
      sweep     = ["scrape-assemble", "scrape-crawl", "scrape-discover", "scrape-financial", "scrape-signals"]
    }) && length(google_pubsub_topic_iam_member.publisher) == 24
    error_message = "A function may publish more or less than it does."
  }

  assert {
    condition = jsonencode({
      for name, account in google_service_account.function : name => sort([
        for grant in google_cloud_tasks_queue_iam_member.enqueuer : grant.name if grant.member == account.member && grant.role == "roles/cloudtasks.enqueuer"
      ])
      }) == jsonencode({
      api       = ["webhooks"]
      assemble  = ["delayed"]
      crawl     = ["delayed"]
      deliver   = ["webhooks"]
      discover  = ["delayed"]
      financial = ["delayed"]
      notify    = ["webhooks"]
      signals   = ["delayed"]
      sweep     = ["webhooks"]
    }) && length(google_cloud_tasks_queue_iam_member.enqueuer) == 9
    error_message = "A function may make more or fewer tasks than it does."
  }

  assert {
    condition = jsonencode({
      for name, account in google_service_account.function : name => [
        for grant in google_service_account_iam_member.task_account_user : [for agent, acted in google_service_account.agent : agent if acted.name == grant.service_account_id][0] if grant.member == account.member && grant.role == "roles/iam.serviceAccountUser"
      ]
      }) == jsonencode({
      api       = ["tasks"]
      assemble  = ["delayed"]
      crawl     = ["delayed"]
      deliver   = ["tasks"]
      discover  = ["delayed"]
      financial = ["delayed"]
      notify    = ["tasks"]
      signals   = ["delayed"]
      sweep     = ["tasks"]
    }) && length(google_service_account_iam_member.task_account_user) == 9
    error_message = "Who makes tasks acts as the account whose token they carry, and as no other."
  }

  assert {
    condition = jsonencode([
      for grant in google_secret_manager_secret_iam_member.reader : [[for name, account in google_service_account.function : name if account.member == grant.member][0], grant.role, grant.secret_id]
      ]) == jsonencode([
      ["api", "roles/secretmanager.secretAccessor", "webhook-master-key"],
      ["deliver", "roles/secretmanager.secretAccessor", "webhook-master-key"],
    ])
    error_message = "api and deliver alone read the master key."
  }

  assert {
    condition = jsonencode({ for name, grant in google_project_iam_member.documents : name => [grant.member, grant.role, grant.condition[0].expression] }) == jsonencode({
      for name, account in google_service_account.function : name => [account.member, "roles/datastore.user", "resource.name == \"projects/mock-project/databases/(default)\""]
    })
    error_message = "Each function reads and writes documents of this database, and of no other."
  }

  # what callers may

  assert {
    condition = jsonencode({
      for name, grant in google_cloud_run_v2_service_iam_member.caller : grant.name => [[for agent, account in google_service_account.agent : agent if account.member == grant.member][0], grant.role, grant.location]
      }) == jsonencode({
      assemble  = ["push", "roles/run.invoker", "us-central1"]
      crawl     = ["push", "roles/run.invoker", "us-central1"]
      deliver   = ["tasks", "roles/run.invoker", "us-central1"]
      discover  = ["push", "roles/run.invoker", "us-central1"]
      financial = ["push", "roles/run.invoker", "us-central1"]
      notify    = ["events", "roles/run.invoker", "us-central1"]
      signals   = ["push", "roles/run.invoker", "us-central1"]
      sweep     = ["schedule", "roles/run.invoker", "us-central1"]
    })
    error_message = "Each private function has one caller."
  }

  assert {
    condition = jsonencode([for grant in google_pubsub_topic_iam_member.delayed_publisher : grant.topic]) == jsonencode([
      "scrape-assemble", "scrape-crawl", "scrape-discover", "scrape-financial", "scrape-signals",
      ]) && alltrue([
      for grant in google_pubsub_topic_iam_member.delayed_publisher :
      grant.role == "roles/pubsub.publisher" && grant.member == google_service_account.agent["delayed"].member
    ])
    error_message = "Delayed tasks publish to the stages."
  }

  assert {
    condition = alltrue([
      google_project_iam_member.event_receiver.role == "roles/eventarc.eventReceiver",
      google_project_iam_member.event_receiver.member == google_service_account.agent["events"].member,
    ])
    error_message = "The trigger's account receives events."
  }

  assert {
    condition = alltrue([
      for name, grant in google_service_account_iam_member.pubsub_token_creator : alltrue([
        grant.service_account_id == google_service_account.agent[name].name,
        grant.role == "roles/iam.serviceAccountOpenIdTokenCreator",
        grant.member == "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com",
      ])
    ]) && jsonencode(keys(google_service_account_iam_member.pubsub_token_creator)) == jsonencode(["events", "push"])
    error_message = "Pub/Sub's agent makes tokens of the accounts that it pushes with."
  }

  # what the builder may

  assert {
    condition = jsonencode([
      for grant in [
        google_artifact_registry_repository_iam_member.builder, google_storage_bucket_iam_member.builder,
        google_project_iam_member.builder_sources, google_project_iam_member.builder_logs,
      ] : grant.role if grant.member == google_service_account.agent["build"].member
    ]) == jsonencode(["roles/artifactregistry.writer", "roles/storage.objectViewer", "roles/storage.objectViewer", "roles/logging.logWriter"])
    error_message = "The builder reads sources, writes images and logs."
  }

  assert {
    condition = alltrue([
      google_artifact_registry_repository_iam_member.builder.repository == google_artifact_registry_repository.images.name,
      google_storage_bucket_iam_member.builder.bucket == google_storage_bucket.sources.name,
      google_project_iam_member.builder_sources.condition[0].expression == "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-123456789012-us-central1\")",
    ])
    error_message = "The builder reads two buckets and writes one repository."
  }

  # Every stage has its topic, its own push subscription, dead letters, and the grants for them.

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

  # Documents.

  assert {
    condition = toset([
      for query in jsondecode(file("../shared/queries.json")) : join(" ", concat(
        [reverse(split("/", query.collection))[0]],
        [for where in query.where : "${where[0]} ASCENDING" if where[1] == "=="],
        [for order in query.order : "${order[0]} ${upper(order[1])}ENDING"],
      )) if length(distinct(concat([for where in query.where : where[0]], [for order in query.order : order[0]]))) > 1
      ]) == toset([
      for index in google_firestore_index.query : join(" ", concat([index.collection], [for field in index.fields : "${field.field_path} ${field.order}"]))
    ])
    error_message = "Queries of more than one field and indexes disagree."
  }

  assert {
    condition = contains([
      for index in google_firestore_index.query : jsonencode([index.collection, index.query_scope, index.database, [for field in index.fields : [field.field_path, field.order]]])
    ], jsonencode(["jobs", "COLLECTION", "(default)", [["run", "ASCENDING"], ["open", "ASCENDING"], ["created_at", "ASCENDING"]]]))
    error_message = "The open jobs of a run have no index."
  }

  assert {
    condition = length(setintersection(
      [for field in google_firestore_field.field : "${field.collection}.${field.field}"],
      flatten([
        for query in jsondecode(file("../shared/queries.json")) : [
          for name in distinct(concat([for where in query.where : where[0]], [for order in query.order : order[0]])) : "${reverse(split("/", query.collection))[0]}.${name}"
        ] if length(distinct(concat([for where in query.where : where[0]], [for order in query.order : order[0]]))) == 1
      ])
    )) == 0
    error_message = "A field is exempted from the index that a query of this field alone needs."
  }

  assert {
    condition = toset([for field in google_firestore_field.field : field.collection if length(field.ttl_config) == 1]) == toset([
      "_commits", "deliveries", "endpoints", "jobs", "keys", "notes", "outbox", "pages", "profiles", "runs",
    ]) && alltrue([for field in google_firestore_field.field : (field.field == "expires_at") == (length(field.ttl_config) == 1)])
    error_message = "What is transient is deleted once its expires_at is over, and nothing else is."
  }

  assert {
    condition     = alltrue([for field in google_firestore_field.field : length(field.index_config) == 1 && length(field.index_config[0].indexes) == 0])
    error_message = "An exempted field has an index."
  }

  assert {
    condition = alltrue([
      google_firestore_database.database.name == "(default)",
      google_firestore_database.database.type == "FIRESTORE_NATIVE",
      google_firestore_database.database.location_id == "us-central1",
      google_firestore_database.database.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED",
      google_firestore_database.database.delete_protection_state == "DELETE_PROTECTION_ENABLED",
      google_firestore_backup_schedule.daily[0].retention == "1209600s",
      length(google_firestore_backup_schedule.daily[0].daily_recurrence) == 1,
    ])
    error_message = "Recovery, backups and delete protection are on unless they are switched off."
  }

  assert {
    condition = alltrue([
      length(regexall("allow", google_firebaserules_ruleset.deny.source[0].files[0].content)) == 1,
      strcontains(google_firebaserules_ruleset.deny.source[0].files[0].content, "allow read, write: if false;"),
      google_firebaserules_release.firestore.name == "cloud.firestore",
    ])
    error_message = "Clients can reach documents past the API."
  }

  # Secrets and sources.

  assert {
    condition     = google_secret_manager_secret.webhook_master_key.deletion_protection
    error_message = "The master key can be destroyed."
  }

  assert {
    condition     = google_secret_manager_secret_version.webhook_master_key.secret_data == null && google_secret_manager_secret_version.webhook_master_key.secret_data_wo == null
    error_message = "The master key stands in the state."
  }

  # A number in provider 7, a string in 8.
  assert {
    condition     = tostring(google_secret_manager_secret_version.webhook_master_key.secret_data_wo_version) == "1"
    error_message = "The master key's version is not 1."
  }

  assert {
    condition = alltrue([
      for name in ["api", "deliver"] :
      google_cloudfunctions2_function.function[name].service_config[0].secret_environment_variables[0].key == "FIRMOGRAPH_WEBHOOK_MASTER_KEY"
      && google_cloudfunctions2_function.function[name].service_config[0].secret_environment_variables[0].secret == "webhook-master-key"
      && google_cloudfunctions2_function.function[name].service_config[0].secret_environment_variables[0].version == google_secret_manager_secret_version.webhook_master_key.version
    ])
    error_message = "A function gets another version of the master key than the one that was made."
  }

  assert {
    condition = alltrue([
      google_storage_bucket.sources.uniform_bucket_level_access,
      google_storage_bucket.sources.public_access_prevention == "enforced",
      google_storage_bucket.sources.versioning[0].enabled,
      one(google_storage_bucket.sources.lifecycle_rule[0].condition).with_state == "ARCHIVED",
    ])
    error_message = "The sources' bucket is not private and versioned."
  }

  # The dashboard, what logs count, and who is told.

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

run "what_is_set_otherwise" {
  command = apply

  variables {
    scale                  = { crawl = { max_instances = 200, memory_mb = 2048 }, financial = { max_instances = 25 }, deliver = { max_instances = 500 } }
    settings               = { USER_AGENT = "Mine/1.0", MAX_PAGES = "20" }
    public_url             = "https://api.example.com"
    region                 = "europe-west1"
    deletion_protection    = false
    point_in_time_recovery = false
    backup_days            = 0
    monthly_budget         = 0
    database               = "firmograph"
    database_location      = "eur3"
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

  assert {
    condition = alltrue([
      google_firestore_database.database.delete_protection_state == "DELETE_PROTECTION_DISABLED",
      google_firestore_database.database.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_DISABLED",
      length(google_firestore_backup_schedule.daily) == 0,
      length(google_billing_budget.month) == 0,
      google_secret_manager_secret.webhook_master_key.deletion_protection == false,
    ])
    error_message = "Something stayed on."
  }

  assert {
    condition = alltrue([
      google_cloudfunctions2_function.function["notify"].event_trigger[0].trigger_region == "eur3",
      google_firebaserules_release.firestore.name == "cloud.firestore/firmograph",
      google_project_iam_member.documents["api"].condition[0].expression == "resource.name == \"projects/mock-project/databases/firmograph\"",
      alltrue([for index in google_firestore_index.query : index.database == "firmograph"]),
      alltrue([for field in google_firestore_field.field : field.database == "firmograph"]),
    ])
    error_message = "A database of another name or place is not used everywhere."
  }
}
