locals {
  secret_readers = ["api", "deliver"] # one shows the secrets that derive from it, the other signs with them
}

ephemeral "random_password" "webhook_master_key" {
  length  = 64
  special = false
}

resource "google_secret_manager_secret" "webhook_master_key" {
  project             = local.project
  secret_id           = "webhook-master-key"
  deletion_protection = var.deletion_protection
  replication {
    auto {}
  }
  depends_on = [google_project_service.api]
}

# Write-only: the key stands in no state and no plan. Only a new version number has it written again.
resource "google_secret_manager_secret_version" "webhook_master_key" {
  secret                 = google_secret_manager_secret.webhook_master_key.id
  secret_data_wo         = sha256(ephemeral.random_password.webhook_master_key.result) # 32 bytes in hex
  secret_data_wo_version = var.webhook_master_key_version

  lifecycle {
    create_before_destroy = true # instances start with the old one until their functions are updated
  }
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each  = toset(local.secret_readers)
  project   = local.project
  secret_id = google_secret_manager_secret.webhook_master_key.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function[each.key].member
}
