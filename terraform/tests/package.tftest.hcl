# A zip holds what its function needs, and its hash changes with that alone.

mock_provider "archive" {}

variables {
  function = "crawl"
  root     = ".."
  sources = { # a few, since a plan of all takes seconds
    for path in [
      "requirements.txt", "functions/__init__.py", "functions/functions.json", "functions/api/app.py",
      "functions/crawl/main.py", "functions/sweep/due.py", "functions/sweep/main.py", "shared/command/cloud.py",
      "shared/embedded/store.py", "shared/log.py", "shared/stage.py",
    ] : path => "unchanged"
  }
}

run "what_is_in_it" {
  command = plan
  module {
    source = "./package"
  }
  variables {
    sources = { for path in setunion(["requirements.txt"], fileset("..", "functions/**"), fileset("..", "shared/**")) : path => "unchanged" }
  }

  assert {
    condition     = length(setsubtract(["main.py", "requirements.txt", "functions/__init__.py", "functions/functions.json", "functions/crawl/main.py", "shared/stage.py", "shared/queries.json", "shared/google/documents.py"], output.files)) == 0
    error_message = "Something is missing."
  }

  assert {
    condition     = length([for path in output.files : path if can(regex("embedded|command|test|sample|__pycache__|\\.pyc$|^functions/(api|assemble|deliver|discover|financial|notify|signals|sweep)/", path))]) == 0
    error_message = "There is more in it than the function needs."
  }

  assert {
    condition     = one([for source in data.archive_file.zip.source : source.content if source.filename == "main.py"]) == "from functions.crawl.main import crawl\n"
    error_message = "The entry point is another."
  }

  assert {
    condition     = toset([for source in data.archive_file.zip.source : source.filename]) == toset(output.files)
    error_message = "The zip has other files than the hash."
  }
}

run "crawl" {
  command = plan
  module {
    source = "./package"
  }
}

run "a_change_of_its_own_changes_the_hash" {
  command = plan
  module {
    source = "./package"
  }
  variables {
    sources = merge(var.sources, { "functions/crawl/main.py" = "changed" })
  }
  assert {
    condition     = output.hash != run.crawl.hash
    error_message = "The change would not be deployed."
  }
}

run "a_change_of_what_is_shared_changes_the_hash" {
  command = plan
  module {
    source = "./package"
  }
  variables {
    sources = merge(var.sources, { "shared/stage.py" = "changed" })
  }
  assert {
    condition     = output.hash != run.crawl.hash
    error_message = "The change would not be deployed."
  }
}

run "a_change_of_requirements_changes_the_hash" {
  command = plan
  module {
    source = "./package"
  }
  variables {
    sources = merge(var.sources, { "requirements.txt" = "changed" })
  }
  assert {
    condition     = output.hash != run.crawl.hash
    error_message = "The change would not be deployed."
  }
}

run "a_file_less_changes_the_hash" {
  command = plan
  module {
    source = "./package"
  }
  variables {
    sources = { for path, hash in var.sources : path => hash if path != "shared/log.py" }
  }
  assert {
    condition     = output.hash != run.crawl.hash
    error_message = "The change would not be deployed."
  }
}

run "what_is_not_in_it_does_not_change_the_hash" {
  command = plan
  module {
    source = "./package"
  }
  variables {
    sources = merge(var.sources, {
      "functions/api/app.py"                        = "changed"
      "functions/sweep/main.py"                     = "changed"
      "shared/embedded/store.py"                    = "changed"
      "shared/command/cloud.py"                     = "changed"
      "shared/__pycache__/stage.cpython-311.pyc"    = "new"
      "functions/crawl/__pycache__/m.cpython-3.pyc" = "new"
      "functions/crawl/.main.py.swp"                = "new"
      "shared/.DS_Store"                            = "new"
    })
  }
  assert {
    condition     = output.hash == run.crawl.hash && jsonencode(output.files) == jsonencode(run.crawl.files)
    error_message = "A function would be deployed that has not changed."
  }
}

run "functions_have_hashes_of_their_own" {
  command = plan
  module {
    source = "./package"
  }
  variables {
    function = "sweep"
  }
  assert {
    condition     = output.hash != run.crawl.hash && contains(output.files, "functions/sweep/due.py")
    error_message = "Two functions share a zip."
  }
}
