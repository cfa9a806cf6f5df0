terraform {
  required_version = ">= 1.11" # write-only arguments

  required_providers {
    google  = { source = "hashicorp/google", version = ">= 7.40, < 9" }
    archive = { source = "hashicorp/archive", version = "~> 2.4" }
    random  = { source = "hashicorp/random", version = "~> 3.7" } # ephemeral random_password
  }
}

provider "google" {
  project               = var.project
  region                = var.region
  default_labels        = merge({ app = "firmograph" }, var.labels)
  user_project_override = true # the budgets API wants a project that pays for the call
  billing_project       = var.project
}

data "google_project" "project" {
  project_id = var.project
}

locals {
  project = data.google_project.project.project_id
  number  = data.google_project.project.number

  # Google's own account that pushes messages and moves dead letters; Pub/Sub makes it with the project.
  pubsub_agent = "serviceAccount:service-${local.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}
