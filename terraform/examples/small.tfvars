# Ten thousand companies a day, and nothing running while nobody asks.
scale = {
  api       = { min_instances = 0, max_instances = 4 }
  discover  = { max_instances = 2 }
  crawl     = { max_instances = 4 }
  financial = { max_instances = 1 }
  signals   = { max_instances = 2 }
  assemble  = { max_instances = 2 }
  notify    = { max_instances = 2 }
  deliver   = { max_instances = 2 }
}
webhooks_per_second = 20
monthly_budget      = 100
