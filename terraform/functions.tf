locals {
  root = "${path.module}/.."
  functions = {
    for name, row in jsondecode(file("${local.root}/functions/functions.json")) :
    name => merge(row, { for key, value in try(var.scale[name], {}) : key => value if value != null })
  }
  stages = { for name, row in local.functions : name => row if row.trigger == "topic" }
  public = toset([for name, row in local.functions : name if try(row.public, false)])

  sources = {
    for path in setunion(["requirements.txt"], fileset(local.root, "functions/**"), fileset(local.root, "shared/**")) :
    path => filesha256("${local.root}/${path}")
  }

  hosts      = { for name in keys(local.functions) : name => "${name}-${local.number}.${var.region}.run.app" }
  public_url = coalesce(var.public_url, "https://${local.hosts["api"]}")

  # A service's other address has a hash in it that is not known before it is made: a * stands for it.
  own_hosts = distinct(concat(
    [trimprefix(local.public_url, "https://"), "${var.region}-${local.project}.cloudfunctions.net"],
    values(local.hosts),
    [for name in keys(local.functions) : "${name}-*.a.run.app"],
  ))

  environment = merge({
    FIRMOGRAPH_PLATFORM      = "google"
    FIRMOGRAPH_PROJECT       = local.project
    FIRMOGRAPH_LOCATION      = var.region
    FIRMOGRAPH_DATABASE      = var.database
    FIRMOGRAPH_TASKS_ACCOUNT = google_service_account.agent["delayed"].email
    FIRMOGRAPH_DELAY_QUEUE   = google_cloud_tasks_queue.delayed.name
    FIRMOGRAPH_PUBLIC_URL    = local.public_url
    FIRMOGRAPH_OWN_HOSTS     = join(",", local.own_hosts)
  }, { for name, value in var.settings : "FIRMOGRAPH_${name}" => value })

  own_environment = {
    # EDGAR allows ten requests a second in all, GLEIF one, and Wikidata is asked twice: each instance takes its share.
    financial = {
      for name, a_second in { EDGAR = 10, GLEIF = 1, WIKIDATA = 2 } :
      "FIRMOGRAPH_${name}_INTERVAL_SECONDS" => tostring(local.functions.financial.max_instances / a_second)
    }
  }
}

module "package" {
  source   = "./package"
  for_each = local.functions
  function = each.key
  root     = local.root
  sources  = local.sources
}

resource "google_storage_bucket_object" "function" {
  for_each = local.functions
  bucket   = google_storage_bucket.sources.name
  name     = "${each.key}/${module.package[each.key].hash}.zip"
  source   = module.package[each.key].path
}

resource "google_cloudfunctions2_function" "function" {
  for_each    = local.functions
  project     = local.project
  location    = var.region
  name        = each.key
  description = "Firmograph: functions/${each.key}"

  build_config {
    runtime           = "python311"
    entry_point       = each.key
    docker_repository = google_artifact_registry_repository.images.id
    service_account   = google_service_account.agent["build"].name
    source {
      storage_source {
        bucket = google_storage_bucket.sources.name
        object = google_storage_bucket_object.function[each.key].name
      }
    }
  }

  service_config {
    available_cpu                    = tostring(each.value.cpu)
    available_memory                 = "${each.value.memory_mb}Mi"
    max_instance_request_concurrency = each.value.concurrency
    min_instance_count               = each.value.min_instances
    max_instance_count               = each.value.max_instances
    timeout_seconds                  = each.value.timeout_seconds
    ingress_settings                 = contains(local.public, each.key) ? "ALLOW_ALL" : "ALLOW_INTERNAL_ONLY"
    all_traffic_on_latest_revision   = true
    service_account_email            = google_service_account.function[each.key].email
    environment_variables            = merge(local.environment, lookup(local.own_environment, each.key, {}))

    dynamic "secret_environment_variables" {
      for_each = contains(local.secret_readers, each.key) ? [google_secret_manager_secret_version.webhook_master_key] : []
      content {
        key        = "FIRMOGRAPH_WEBHOOK_MASTER_KEY"
        project_id = local.project
        secret     = google_secret_manager_secret.webhook_master_key.secret_id
        version    = secret_environment_variables.value.version
      }
    }
  }

  dynamic "event_trigger" {
    for_each = each.value.trigger == "firestore" ? [each.value.document] : []
    content {
      event_type            = "google.cloud.firestore.document.v1.created"
      trigger_region        = google_firestore_database.database.location_id
      retry_policy          = "RETRY_POLICY_RETRY"
      service_account_email = google_service_account.agent["events"].email
      event_filters {
        attribute = "database"
        value     = google_firestore_database.database.name
      }
      event_filters {
        attribute = "document"
        value     = event_trigger.value
        operator  = "match-path-pattern"
      }
    }
  }

  lifecycle {
    precondition {
      condition     = each.value.concurrency == 1 || each.value.cpu >= 1
      error_message = "${each.key} takes ${each.value.concurrency} requests at once: that needs a whole CPU."
    }
    precondition {
      condition = alltrue([for number in [each.value.concurrency, each.value.max_instances, each.value.memory_mb] :
      number == floor(number)]) && each.value.concurrency >= 1 && each.value.concurrency <= 1000
      error_message = "${each.key}: concurrency is a whole number from 1 to 1000, and instances and megabytes are whole numbers."
    }
    precondition {
      condition     = each.value.min_instances >= 0 && each.value.max_instances >= max(1, each.value.min_instances)
      error_message = "${each.key}: 0 ≤ min_instances ≤ max_instances, and max_instances is at least 1."
    }
    precondition {
      condition     = each.value.memory_mb >= 512 && each.value.memory_mb <= 4096 * max(1, each.value.cpu)
      error_message = "${each.key}: 512 to 4096 MB a CPU."
    }
    precondition {
      condition     = each.value.trigger == "http" || each.value.timeout_seconds <= 540
      error_message = "${each.key}: what an event wakes has at most 540 s, and must end before Pub/Sub's 600 s are over."
    }
  }

  depends_on = [
    google_project_service.api,
    google_firestore_index.query, # no query before its index; the minutes that takes, grants need to become known
    google_artifact_registry_repository_iam_member.builder,
    google_project_iam_member.builder_logs,
    google_project_iam_member.builder_sources,
    google_project_iam_member.event_receiver,
    google_secret_manager_secret_iam_member.reader,
    google_storage_bucket_iam_member.builder,
  ]
}

# The Cloud Run service behind a function is what checks callers.
resource "google_cloud_run_v2_service_iam_member" "caller" {
  for_each = { for name, row in local.functions : name => local.callers[row.trigger] if row.trigger != "http" }
  project  = local.project
  location = var.region
  name     = google_cloudfunctions2_function.function[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.agent[each.value].member
}

resource "google_cloud_run_v2_service_iam_member" "public" {
  for_each = { for pair in setproduct(local.public, var.api_invokers) : join(" ", pair) => pair }
  project  = local.project
  location = var.region
  name     = google_cloudfunctions2_function.function[each.value[0]].name
  role     = "roles/run.invoker"
  member   = each.value[1]
}

resource "google_project_iam_member" "event_receiver" {
  project = local.project
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.agent["events"].member
}
