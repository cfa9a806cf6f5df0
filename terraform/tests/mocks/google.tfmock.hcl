mock_data "google_project" {
  defaults = {
    project_id      = "mock-project"
    number          = "123456789012"
    billing_account = "000000-000000-000000"
  }
}
