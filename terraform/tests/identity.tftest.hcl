# Every account's permissions are exactly these.

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

run "grants" {
  command = apply

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
}
