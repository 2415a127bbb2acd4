package dev.tiphys.store;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/** What a member has counted of comparisons with the others. */
final class Comparisons {
  private Comparisons() {}

  /** How many had this result: {@code same}, {@code incomplete} or {@code different}. */
  static long count(TestStore store, String result) throws Exception {
    var name = "tiphys_store_comparisons_total{result=\"" + result + "\"} ";
    try (var http = HttpClient.newHttpClient()) {
      var page = URI.create("http://127.0.0.1:" + store.port() + "/metrics");
      return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
          .sum();
    }
  }

  /** As the other one, of several members together. */
  static long count(List<TestStore> stores, String result) throws Exception {
    long count = 0;
    for (var store : stores) {
      count += count(store, result);
    }
    return count;
  }
}
