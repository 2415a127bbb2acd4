package dev.tiphys.apiserver.openapi;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.discovery.Catalog;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.daemon.Version;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code /openapi/v3} and {@code /openapi/v2}. A document is written when it is first asked
 * for and kept as long as memory is plentiful; its hash follows from what it describes, so that
 * clients can be told of it before it is written. Thread-safe.
 */
public final class OpenApiPages {

  /** Clients ask with an at sign, which no media type may hold; the answer has a dot for it. */
  private static final String V2_PROTOBUF_ASKED = "proto-openapi.spec.v2@v1.0+protobuf";

  private static final String V2_PROTOBUF =
      "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

  private static final String PROTOBUF = ".protobuf";

  private static final String V3_PROTOBUF_ASKED = "proto-openapi.spec.v3@v1.0+protobuf";

  private static final String V3_PROTOBUF =
      "application/com.github.proto-openapi.spec.v3.v1.0+protobuf";

  private record Described(String groupVersion, List<Catalog.Entry> entries, String hash) {}

  /** A catalog, described. */
  private record Edition(Catalog catalog, Map<String, Described> byPath) {}

  private final Supplier<Catalog> catalogs;
  private final Others others;
  private final Map<String, SoftReference<byte[]>> written = new ConcurrentHashMap<>();
  private volatile Edition edition;

  /** The documents of other servers. */
  public interface Others {
    /** Their hashes by path, as {@code apis/example.com/v1}. */
    Map<String, String> openApi();

    /** What they say in version 2, a document a group version. */
    List<RemoteDocument> openApiV2();

    /** Answers with one of them; false if there is none of that path. */
    boolean answerOpenApi(ApiCall call, String path) throws IOException;
  }

  /**
   * Describes what is served, anew whenever that changes.
   *
   * @param others for what is served elsewhere
   */
  public OpenApiPages(Supplier<Catalog> catalogs, Others others) {
    this.catalogs = catalogs;
    this.others = others;
    this.edition = described(catalogs.get());
  }

  private Edition edition() {
    Catalog catalog = catalogs.get();
    Edition now = edition;
    if (now.catalog() != catalog) {
      now = described(catalog);
      edition = now;
      Set<String> present = new HashSet<>();
      now.byPath()
          .forEach((path, described) -> {
            present.add(path + described.hash());
            present.add(path + described.hash() + PROTOBUF);
          });
      written.keySet().removeIf(name -> !present.contains(name));
    }
    return now;
  }

  private static Edition described(Catalog catalog) {
    Map<String, Described> byPath = new TreeMap<>();
    catalog
        .groups()
        .forEach((group, versions) ->
            versions.forEach((version, entries) -> {
              String groupVersion = group.isEmpty() ? version : group + "/" + version;
              byPath.put(
                  (group.isEmpty() ? "api/" : "apis/") + groupVersion,
                  new Described(groupVersion, entries, hash(groupVersion, entries)));
            }));
    return new Edition(catalog, byPath);
  }

  private static String hash(String groupVersion, List<Catalog.Entry> entries) {
    StringBuilder text = new StringBuilder(Version.current().gitVersion()).append(groupVersion);
    for (Catalog.Entry entry : entries) {
      text.append(entry.type().kind()).append(entry.verbs()).append(entry.subresources());
      TreeSchema schema = entry.type().objectType().get().schema();
      if (schema != null) {
        text.append(JsonCodec.encodeToString(schema.source()));
      }
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-512")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).toUpperCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-512", e);
    }
  }

  /** Answers {@code /openapi/v3}: which documents there are. */
  public void index(ApiCall call) throws IOException {
    Map<String, String> hashes = new TreeMap<>(others.openApi());
    edition().byPath().forEach((path, described) -> hashes.put(path, described.hash()));
    Sink out = new Sink().open().name("paths").open();
    hashes.forEach((path, hash) ->
        out.name(path)
            .open()
            .text("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + hash)
            .close());
    Answers.send(call, 200, "application/json", List.of(out.close().close().bytes()));
  }

  /** Answers {@code /openapi/v3/…}: one document. */
  public void document(ApiCall call) throws IOException {
    String path = call.exchange().path().substring("/openapi/v3/".length());
    Described described = edition().byPath().get(path);
    if (described == null) {
      if (!others.answerOpenApi(call, path)) {
        Answers.text(call, 404, "404 page not found\n");
      }
      return;
    }
    String asked = call.query().first("hash");
    if (!asked.isEmpty() && !asked.equals(described.hash())) {
      // As upstream: a document under a hash is for ever, so that of another is elsewhere.
      call.exchange()
          .respond(
              301,
              Headers.of(
                  "Audit-Id",
                  call.id(),
                  "Cache-Control",
                  "no-cache, private",
                  "Location",
                  "/openapi/v3/" + path + "?hash=" + described.hash()));
      return;
    }
    String accept = call.exchange().headers().firstOr("Accept", "");
    if (accept.contains(V3_PROTOBUF_ASKED) || accept.contains(V3_PROTOBUF)) {
      send(
          call,
          described.hash(),
          V3_PROTOBUF,
          () ->
              kept(
                  path + described.hash() + PROTOBUF,
                  () ->
                      GnosticV3.ofJson(
                          Documents.v3(described.groupVersion(), described.entries()))));
    } else {
      send(
          call,
          described.hash(),
          "application/json",
          () ->
              kept(
                  path + described.hash(),
                  () -> Documents.v3(described.groupVersion(), described.entries())));
    }
  }

  /** Answers {@code /openapi/v2}: everything in one document. */
  public void v2(ApiCall call) throws IOException {
    Edition now = edition();
    Catalog catalog = now.catalog();
    List<RemoteDocument> remote = others.openApiV2();
    String all =
        hash(
            "v2" + remote.stream().map(RemoteDocument::hash).toList(),
            now.byPath().values().stream().flatMap(d -> d.entries().stream()).toList());
    written.keySet().removeIf(name -> name.startsWith("v2.") && !name.endsWith(all));
    Supplier<byte[]> json = () -> RemoteDocument.merged(Documents.v2(catalog), remote);
    String accept = call.exchange().headers().firstOr("Accept", "");
    if (accept.contains(V2_PROTOBUF_ASKED) || accept.contains(V2_PROTOBUF)) {
      send(
          call,
          all,
          V2_PROTOBUF,
          () -> kept("v2.protobuf" + all, () -> Gnostic.ofJson(json.get())));
    } else {
      send(call, all, "application/json", () -> kept("v2.json" + all, json));
    }
  }

  private byte[] kept(String name, Supplier<byte[]> write) {
    SoftReference<byte[]> reference = written.get(name);
    byte[] found = reference == null ? null : reference.get();
    if (found == null) {
      found = write.get();
      written.put(name, new SoftReference<>(found));
    }
    return found;
  }

  private static void send(ApiCall call, String hash, String contentType, Supplier<byte[]> document)
      throws IOException {
    String tag = "\"" + hash + "\"";
    boolean named = hash.equals(call.query().first("hash"));
    Headers headers =
        Headers.of(
            "Audit-Id",
            call.id(),
            "Cache-Control",
            named ? "public, immutable" : "no-cache, private",
            "Content-Type",
            contentType,
            "ETag",
            tag,
            "Vary",
            "Accept-Encoding, Accept");
    @Nullable String known = call.exchange().headers().first("If-None-Match");
    if (tag.equals(known)) {
      call.exchange().respond(304, headers);
    } else {
      call.exchange().respond(200, headers, document.get());
    }
  }
}
