# One account a function, and one for whatever calls it. Grants stand beside what they guard.

locals {
  # What calls a function, by its trigger.
  callers = { topic = "push", firestore = "events", tasks = "tasks", schedule = "schedule" }
  agents = {
    build    = "Builds the functions"
    push     = "Pub/Sub: calls the stages"
    events   = "Eventarc: calls notify"
    tasks    = "Cloud Tasks: calls deliver"
    schedule = "Cloud Scheduler: calls sweep"
    delayed  = "Cloud Tasks: publishes what was to be published later"
  }
}

resource "google_service_account" "function" {
  for_each     = local.functions
  project      = local.project
  account_id   = "firmograph-${each.key}"
  display_name = "Firmograph ${each.key}"
  depends_on   = [google_project_service.api]
}

resource "google_service_account" "agent" {
  for_each     = local.agents
  project      = local.project
  account_id   = "firmograph-${each.key}"
  display_name = "Firmograph: ${each.value}"
  depends_on   = [google_project_service.api]
}

# In projects from before April 2021 Pub/Sub's agent may not make these accounts' tokens unless it is told so.
resource "google_service_account_iam_member" "pubsub_token_creator" {
  for_each           = toset(["push", "events"])
  service_account_id = google_service_account.agent[each.key].name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.pubsub_agent
}
