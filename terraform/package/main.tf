# What belongs into one function's zip, and a hash that changes with it alone.

variable "function" {
  description = "Name of the function, which is its folder's and its entry point's."
  type        = string
}

variable "sources" {
  description = "All files that could belong: path from the repository's root to SHA-256."
  type        = map(string)
}

locals {
  main = "from functions.${var.function}.main import ${var.function}\n"
  files = [
    for path in keys(var.sources) : path
    if(
      contains(["requirements.txt", "functions/__init__.py", "functions/functions.json"], path)
      || startswith(path, "functions/${var.function}/")
      || startswith(path, "shared/") && !startswith(path, "shared/embedded/")
    ) && !can(regex("(^|/)(\\.|__pycache__/)|\\.pyc$", path))
  ]
}

output "main" {
  value = local.main
}

output "files" {
  value = local.files
}

output "hash" {
  value = sha256(jsonencode([local.main, [for path in local.files : [path, var.sources[path]]]]))
}
