resource "google_firestore_database" "database" {
  project                           = local.project
  name                              = var.database
  location_id                       = coalesce(var.database_location, var.region)
  type                              = "FIRESTORE_NATIVE"
  point_in_time_recovery_enablement = var.point_in_time_recovery ? "POINT_IN_TIME_RECOVERY_ENABLED" : "POINT_IN_TIME_RECOVERY_DISABLED"
  delete_protection_state           = var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = "DELETE" # by default a destroy would leave it there, and the next apply find it
  depends_on                        = [google_project_service.api]
}

resource "google_firestore_backup_schedule" "daily" {
  count     = var.backup_days > 0 ? 1 : 0
  project   = local.project
  database  = google_firestore_database.database.name
  retention = "${var.backup_days * 86400}s"
  daily_recurrence {}
}

# Every function reads and writes documents; the role can be held to one database, not to collections.
resource "google_project_iam_member" "documents" {
  for_each = google_service_account.function
  project  = local.project
  role     = "roles/datastore.user"
  member   = each.value.member

  condition {
    title      = "firmograph-database"
    expression = "resource.name == \"projects/${local.project}/databases/${google_firestore_database.database.name}\""
  }
}

# ------------------------------------------------------------------ indexes

locals {
  queries = jsondecode(file("${local.root}/shared/queries.json"))
  query_fields = {
    for name, query in local.queries : name => distinct(concat(
      [for where in query.where : { path = where[0], order = "ASCENDING" } if where[1] == "=="],
      [for where in query.where : { path = where[0], order = "ASCENDING" } if where[1] != "==" && !contains([for order in query.order : order[0]], where[0])],
      [for order in query.order : { path = order[0], order = order[1] == "asc" ? "ASCENDING" : "DESCENDING" }],
    ))
  }
  # Firestore indexes single fields by itself. Queries that need the same index share it.
  indexes = {
    for name, fields in local.query_fields :
    join(" ", concat([local.queries[name].collection], [for field in fields : "${field.path}:${field.order}"])) =>
    { collection = reverse(split("/", local.queries[name].collection))[0], fields = fields }... if length(fields) > 1
  }
}

resource "google_firestore_index" "query" {
  for_each    = local.indexes
  project     = local.project
  database    = google_firestore_database.database.name
  collection  = each.value[0].collection
  query_scope = "COLLECTION"

  dynamic "fields" {
    for_each = each.value[0].fields
    content {
      field_path = fields.value.path
      order      = fields.value.order
    }
  }
}

# ------------------------------------------------------------------ fields

locals {
  expiring = ["_commits", "deliveries", "endpoints", "jobs", "keys", "notes", "outbox", "pages", "profiles", "runs"]

  # No index where none is asked: values that only grow are a hot spot beyond about 500 writes a second, and each
  # element of a list or map would be an entry.
  unindexed = {
    companies  = ["erased_at", "erased_people", "failed_at", "failure", "fetched_at"]
    deliveries = ["attempts", "body", "created_at", "lease", "next_at"]
    erasures   = ["people"]
    jobs       = ["created_at", "ended_at", "error", "metadata", "url", "warnings", "webhook_url"]
    keys       = ["created_at"]
    notes      = ["alone", "in_hand"]
    outbox     = ["ended_at"]
    pages      = ["data"]
    profiles   = ["data", "fetched_at"]
    runs       = ["claimed_at", "created_at", "deadline", "ended_at", "error", "plan", "published_at", "stages", "warnings"]
  }
  fields = merge(
    { for name in local.expiring : "${name}.expires_at" => { collection = name, field = "expires_at" } },
    merge([for name, fields in local.unindexed : { for field in fields : "${name}.${field}" => { collection = name, field = field } }]...),
  )
}

resource "google_firestore_field" "field" {
  for_each   = local.fields
  project    = local.project
  database   = google_firestore_database.database.name
  collection = each.value.collection
  field      = each.value.field

  index_config {} # none

  dynamic "ttl_config" {
    for_each = each.value.field == "expires_at" ? [1] : []
    content {}
  }
}

# ------------------------------------------------------------------ rules

# Functions don't pass them; browsers and apps, which would, have no business here.
resource "google_firebaserules_ruleset" "deny" {
  project = local.project
  source {
    files {
      name    = "firestore.rules"
      content = <<-RULES
        rules_version = '2';
        service cloud.firestore {
          match /databases/{database}/documents {
            match /{document=**} {
              allow read, write: if false;
            }
          }
        }
      RULES
    }
  }
  depends_on = [google_firestore_database.database]
}

resource "google_firebaserules_release" "firestore" {
  project      = local.project
  name         = var.database == "(default)" ? "cloud.firestore" : "cloud.firestore/${var.database}"
  ruleset_name = google_firebaserules_ruleset.deny.name
}
