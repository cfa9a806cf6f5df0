# Documents, secrets and artifacts.

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

run "documents" {
  command = plan

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
}

run "protection_can_be_switched_off" {
  command = plan

  variables {
    deletion_protection    = false
    point_in_time_recovery = false
    backup_days            = 0
    monthly_budget         = 0
    database               = "firmograph"
    database_location      = "eur3"
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

run "secrets_and_sources" {
  command = apply

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
}
