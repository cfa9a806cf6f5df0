# The files in examples/, read as Terraform reads them.

terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}

output "sizes" {
  value = { for size in ["small", "medium", "large"] : size => merge({ settings = {} }, provider::terraform::decode_tfvars(file("${path.module}/../../examples/${size}.tfvars"))) }
}
