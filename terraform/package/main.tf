# One function's zip, and a hash that changes with what is in it alone.

variable "function" {
  description = "Name of the function, which is its folder's and its entry point's."
  type        = string
}

variable "root" {
  description = "The repository."
  type        = string
}

variable "sources" {
  description = "All files that could belong: path from the root to SHA-256."
  type        = map(string)
}

locals {
  main = "from functions.${var.function}.main import ${var.function}\n"
  files = [
    for path in keys(var.sources) : path
    if(
      contains(["requirements.txt", "functions/__init__.py", "functions/functions.json"], path)
      || startswith(path, "functions/${var.function}/")
      || startswith(path, "shared/") && !can(regex("^shared/(embedded|command)/", path))
    ) && !can(regex("(^|/)(\\.|__pycache__/)|\\.pyc$", path))
  ]
}

data "archive_file" "zip" {
  type        = "zip"
  output_path = "${path.module}/../build/${var.function}.zip"

  source {
    filename = "main.py"
    content  = local.main
  }
  dynamic "source" {
    for_each = local.files
    content {
      filename = source.value
      content  = file("${var.root}/${source.value}")
    }
  }
}

output "path" {
  value = data.archive_file.zip.output_path
}

output "files" {
  value = concat(["main.py"], local.files)
}

# Of the sources, not of the zip: zipping must not change what has not changed.
output "hash" {
  value = sha256(jsonencode([local.main, [for path in local.files : [path, var.sources[path]]]]))
}
