package dev.tiphys.apiserver.discovery;

import dev.tiphys.api.apidiscovery.v2.APIGroupDiscoveryList;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.MediaTypes;
import dev.tiphys.apiserver.request.MediaTypes.MediaType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers {@code /api} and {@code /apis} and what lies below them. Thread-safe. */
public final class Discovery {

  private final Supplier<Catalog> catalogs;
  private final String serverAddress;

  /**
   * Tells what is served.
   *
   * @param serverAddress where clients reach this server, as {@code 10.0.0.1:6443}
   */
  public Discovery(Supplier<Catalog> catalogs, String serverAddress) {
    this.catalogs = catalogs;
    this.serverAddress = serverAddress;
  }

  /** Answers {@code /api}. */
  public void core(ApiCall call) throws IOException {
    String version = aggregatedVersion(call);
    if (version != null) {
      aggregated(call, version, AggregatedDiscovery.of(catalogs.get(), String::isEmpty));
    } else {
      Answers.struct(call, 200, LegacyDiscovery.versions(catalogs.get(), serverAddress));
    }
  }

  /** Answers {@code /apis}. */
  public void groups(ApiCall call) throws IOException {
    String version = aggregatedVersion(call);
    if (version != null) {
      aggregated(call, version, AggregatedDiscovery.of(catalogs.get(), name -> !name.isEmpty()));
    } else {
      Answers.struct(call, 200, LegacyDiscovery.groups(catalogs.get()));
    }
  }

  /** Answers {@code /api/VERSION}, {@code /apis/GROUP} and {@code /apis/GROUP/VERSION}. */
  public void below(ApiCall call) throws IOException {
    String[] parts = call.exchange().path().substring(1).split("/");
    boolean core = parts[0].equals("api");
    String group = core ? "" : parts.length > 1 ? parts[1] : "";
    Catalog catalog = catalogs.get();
    Map<String, List<Catalog.Entry>> versions = catalog.groups().get(group);
    int at = core ? 1 : 2;
    if (versions == null || parts.length > at + 1) {
      Answers.text(call, 404, "404 page not found\n");
    } else if (parts.length == at) {
      Answers.struct(call, 200, LegacyDiscovery.group(catalog, group));
    } else {
      List<Catalog.Entry> entries = versions.get(parts[at]);
      if (entries == null) {
        Answers.text(call, 404, "404 page not found\n");
        return;
      }
      String groupVersion = core ? parts[at] : group + "/" + parts[at];
      Answers.struct(call, 200, LegacyDiscovery.resources(groupVersion, entries));
    }
  }

  /** The version of aggregated discovery that the client likes best, or null for legacy. */
  private static @Nullable String aggregatedVersion(ApiCall call) {
    for (MediaType clause : MediaTypes.parse(call.exchange().headers().first("Accept"))) {
      boolean aggregated =
          clause.parameter("as").equals("APIGroupDiscoveryList")
              && clause.parameter("g").equals("apidiscovery.k8s.io");
      String version = clause.parameter("v");
      if (aggregated
          && clause.type().equals("application/json")
          && (version.equals("v2") || version.equals("v2beta1"))) {
        return version;
      }
      if (!clause.parameters().containsKey("as")
          && (clause.type().equals("application/json") || clause.type().equals("*/*"))) {
        return null;
      }
    }
    return null;
  }

  private static void aggregated(ApiCall call, String version, APIGroupDiscoveryList list)
      throws IOException {
    String json = JsonCodec.encodeToString(list);
    if (!version.equals("v2")) {
      json = json.replaceFirst("apidiscovery.k8s.io/v2\"", "apidiscovery.k8s.io/v2beta1\"");
    }
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String tag = "\"" + hash(body).toUpperCase(Locale.ROOT) + "\"";
    Headers headers =
        Answers.headers(
                call,
                "application/json;g=apidiscovery.k8s.io;v=" + version + ";as=APIGroupDiscoveryList")
            .with("ETag", tag)
            .with("Vary", "Accept");
    if (tag.equals(call.exchange().headers().first("If-None-Match"))) {
      call.exchange().respond(304, headers);
    } else {
      call.exchange().respond(200, headers, body);
    }
  }

  private static String hash(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw ApiException.internal("no SHA-512", e);
    }
  }
}
