# Ten million companies a day: 116 a second around the clock. Before applying, have the region's Cloud Run quotas raised
# (instances, CPU, memory), and let the load grow by half every five minutes at most: Firestore splits as it grows.
scale = {
  api       = { min_instances = 4, max_instances = 60 }
  discover  = { max_instances = 120 }
  crawl     = { max_instances = 450 } # 116 a second × 30 s × 2 / 16
  financial = { max_instances = 25 }
  signals   = { max_instances = 80 }
  assemble  = { max_instances = 20 }
  notify    = { max_instances = 10 }
  deliver   = { max_instances = 60 } # some endpoints take 15 s
}
settings = {
  DUE_SHARDS = "10" # a shard of an index that only grows takes about 500 writes a second
}
webhooks_per_second = 500
monthly_budget      = 100000
