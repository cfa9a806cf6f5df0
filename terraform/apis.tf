locals {
  apis = toset([
    "artifactregistry", "billingbudgets", "cloudbuild", "cloudfunctions", "cloudresourcemanager", "cloudscheduler",
    "cloudtasks", "eventarc", "firebaserules", "firestore", "iam", "logging", "monitoring", "pubsub", "run",
    "secretmanager", "serviceusage", "storage",
  ])
}

resource "google_project_service" "api" {
  for_each           = local.apis
  project            = local.project
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false # others in the project may use it
}
