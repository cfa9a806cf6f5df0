# ------------------------------------------------------------------ where

variable "project" {
  description = "Project id. Without it the provider's own: GOOGLE_PROJECT, or the project of the credentials."
  type        = string
  default     = null

  validation {
    condition     = var.project == null || can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and hyphens, such as my-project-1234."
  }
}

variable "region" {
  description = "Region of functions, queues, schedule and artifacts."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "A region is written like europe-west1; a zone (europe-west1-b) or a multi-region is not one."
  }
}

variable "database" {
  description = "Firestore database to be made. An existing one must be imported first (google_firestore_database.database)."
  type        = string
  default     = "(default)"

  validation {
    condition     = var.database == "(default)" || can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.database))
    error_message = "A database is called (default), or by 4 to 63 lower-case letters, digits and hyphens."
  }
}

variable "database_location" {
  description = "Location of the database, which can never be changed: a region, nam5 or eur3. Without it: the region."
  type        = string
  default     = null

  validation {
    condition     = var.database_location == null || can(regex("^([a-z]+-[a-z]+[0-9]{1,2}|nam5|nam7|eur3)$", var.database_location))
    error_message = "Firestore's locations are regions like europe-west1, and the multi-regions nam5, nam7 and eur3."
  }
}

variable "labels" {
  description = "Labels of everything that can have them, beside app=firmograph."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "Keys and values of labels have at most 63 lower-case letters, digits, _ and -; keys begin with a letter."
  }
}

# ------------------------------------------------------------------ who and what

variable "public_url" {
  description = "Base URL of the API as its callers see it, where it has a domain of its own. Without it: its run.app address."
  type        = string
  default     = null

  validation {
    condition     = var.public_url == null || can(regex("^https://[a-z0-9.-]+$", var.public_url))
    error_message = "The public URL is https:// and a host, without a path or a slash at its end."
  }
}

variable "api_invokers" {
  description = "Who may call the API before it asks for a key. Where the organisation forbids allUsers: domain:…, group:… or serviceAccount:…."
  type        = set(string)
  default     = ["allUsers"]

  validation {
    condition     = alltrue([for member in var.api_invokers : can(regex("^(allUsers|allAuthenticatedUsers|(user|group|domain|serviceAccount|principal|principalSet):.+)$", member))])
    error_message = "Members are allUsers, allAuthenticatedUsers, user:…, group:…, domain:…, serviceAccount:…, principal:… or principalSet:…."
  }
}

variable "settings" {
  description = "Settings of all functions, by their names in shared/settings.py: {USER_AGENT = \"…\", MAX_PAGES = \"20\"}."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.settings) : can(regex("\n    ${lower(name)}: ", file("${path.module}/../shared/settings.py")))])
    error_message = "There is a setting that shared/settings.py does not know."
  }
  validation {
    condition     = alltrue([for name in keys(var.settings) : name == upper(name)])
    error_message = "Names of settings are written in capitals, without FIRMOGRAPH_."
  }
  validation {
    condition = length(setintersection(keys(var.settings), [
      "PLATFORM", "PROJECT", "LOCATION", "DATABASE", "TASKS_ACCOUNT", "PUBLIC_URL", "OWN_HOSTS", "WEBHOOK_MASTER_KEY",
      "EDGAR_INTERVAL_SECONDS", "GLEIF_INTERVAL_SECONDS", "WIKIDATA_INTERVAL_SECONDS", "ALLOW_NETWORKS", "HOSTS", "DELAY_QUEUE", "TASKS_HOST", "PUBSUB_API",
    ])) == 0
    error_message = "Terraform sets these itself, or the cloud refuses them: PLATFORM, PROJECT, LOCATION, DATABASE, TASKS_ACCOUNT, PUBLIC_URL, OWN_HOSTS, WEBHOOK_MASTER_KEY, EDGAR_INTERVAL_SECONDS, GLEIF_INTERVAL_SECONDS, WIKIDATA_INTERVAL_SECONDS, ALLOW_NETWORKS, HOSTS, DELAY_QUEUE, TASKS_HOST, PUBSUB_API."
  }
}

variable "webhook_master_key_version" {
  description = "Raise it to replace the key from which all webhook secrets derive: every account's secret changes."
  type        = number
  default     = 1

  validation {
    condition     = var.webhook_master_key_version >= 1 && floor(var.webhook_master_key_version) == var.webhook_master_key_version
    error_message = "Versions are whole numbers from 1."
  }
}

# ------------------------------------------------------------------ size

variable "scale" {
  description = <<-TEXT
    Changes to rows of functions/functions.json: {crawl = {max_instances = 200}}.

    A queue is worked off by the platform: Pub/Sub pushes as much as max_instances × concurrency requests at once, and
    instances come and go with them. How many are needed, for messages a second and the seconds that one takes
    (dashboard, "Stage latency"):

      max_instances = messages a second × seconds a message × 2 (reserve) / concurrency

    Concurrency is limited by memory: crawl needs about 40 MB a request at once, the others 10. Examples are beside this
    file in examples/.
  TEXT
  type = map(object({
    min_instances = optional(number)
    max_instances = optional(number)
    concurrency   = optional(number)
    cpu           = optional(number)
    memory_mb     = optional(number)
  }))
  default = {}

  validation {
    condition     = length(setsubtract(keys(var.scale), keys(jsondecode(file("${path.module}/../functions/functions.json"))))) == 0
    error_message = "There is a function that functions/functions.json does not have."
  }
}

variable "webhooks_per_second" {
  description = "Most webhook attempts that are started in a second."
  type        = number
  default     = 100

  validation {
    condition     = var.webhooks_per_second >= 1 && var.webhooks_per_second <= 500
    error_message = "A Cloud Tasks queue starts 1 to 500 tasks a second."
  }
}

# ------------------------------------------------------------------ safety

variable "deletion_protection" {
  description = "Database and master key can't be destroyed. Apply with false before destroying."
  type        = bool
  default     = true
}

variable "point_in_time_recovery" {
  description = "Each of the last seven days' minutes of the database can be read again."
  type        = bool
  default     = true
}

variable "backup_days" {
  description = "How long daily backups are kept; 0 makes none."
  type        = number
  default     = 14

  validation {
    condition     = var.backup_days >= 0 && var.backup_days <= 98 && floor(var.backup_days) == var.backup_days
    error_message = "Firestore keeps backups for at most 98 days."
  }
}

variable "monthly_budget" {
  description = "A month's costs, in whole units of the billing account's currency, of which 50, 90 and 100 % are told; 0: no budget."
  type        = number
  default     = 100

  validation {
    condition     = var.monthly_budget >= 0 && floor(var.monthly_budget) == var.monthly_budget
    error_message = "The budget is a whole number, or 0 for none."
  }
}

variable "notification_channels" {
  description = "Monitoring channels (projects/…/notificationChannels/…) that hear of alerts."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[^/]+$", name))])
    error_message = "Channels are named projects/PROJECT/notificationChannels/ID."
  }
}

variable "alert_emails" {
  description = "Addresses that hear of alerts; each gets a channel of its own."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "There is something that is not an e-mail address."
  }
}

variable "oldest_message_seconds" {
  description = "Age of the oldest waiting message of a stage from which on an alert is raised."
  type        = number
  default     = 900

  validation {
    condition     = var.oldest_message_seconds >= 60 && var.oldest_message_seconds <= 86400
    error_message = "Between a minute and a day."
  }
}
