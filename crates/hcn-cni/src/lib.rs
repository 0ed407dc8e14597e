//! CNI for container runtimes: configuration, plugins, results, cache.
