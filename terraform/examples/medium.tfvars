# A hundred thousand companies a day: 1.2 a second, three times as many in the busiest hour.
scale = {
  api       = { min_instances = 1, max_instances = 10 }
  discover  = { max_instances = 4 }
  crawl     = { max_instances = 15 } # 3.5 a second × 30 s × 2 / 16
  financial = { max_instances = 2 }
  signals   = { max_instances = 4 }
  assemble  = { max_instances = 4 }
  notify    = { max_instances = 4 }
  deliver   = { max_instances = 5 }
}
webhooks_per_second = 100
monthly_budget      = 1000
