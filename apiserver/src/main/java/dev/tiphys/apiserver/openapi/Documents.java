package dev.tiphys.apiserver.openapi;

import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.meta.v1.WatchEvent;
import dev.tiphys.api.schema.ApiDocs;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.apiserver.discovery.Catalog;
import dev.tiphys.daemon.Version;
import java.util.List;

/** Writes whole documents. Pure but for reading the documentation from the class path. */
final class Documents {

  private Documents() {}

  /** The document of one group version. */
  static byte[] v3(String groupVersion, List<Catalog.Entry> entries) {
    Dialect dialect = Dialect.v3(List.of(groupVersion));
    Schemas schemas = schemas(dialect, entries);
    Operations operations = new Operations(dialect);
    entries.forEach(operations::add);
    Sink out = new Sink().open();
    out.text("openapi", "3.0.0");
    info(out);
    out.name("paths").open();
    operations.write(out);
    out.close();
    out.name("components").open().name("schemas").open();
    schemas.write(out);
    patch(out);
    out.close();
    out.name("securitySchemes").open();
    bearer(out);
    out.close().close();
    return out.close().bytes();
  }

  /** The document of everything. */
  static byte[] v2(Catalog catalog) {
    List<Catalog.Entry> entries =
        catalog.groups().values().stream()
            .flatMap(versions -> versions.values().stream())
            .flatMap(List::stream)
            .toList();
    Dialect dialect =
        Dialect.v2(entries.stream().map(e -> e.type().kind().apiVersion()).distinct().toList());
    Schemas schemas = schemas(dialect, entries);
    Operations operations = new Operations(dialect);
    entries.forEach(operations::add);
    Sink out = new Sink().open();
    out.text("swagger", "2.0");
    info(out);
    out.name("paths").open();
    operations.write(out);
    out.close();
    out.name("definitions").open();
    schemas.write(out);
    patch(out);
    out.close();
    out.name("securityDefinitions").open();
    bearer(out);
    out.close();
    out.name("security").openList().open().texts("BearerToken", List.of()).close().closeList();
    return out.close().bytes();
  }

  private static Schemas schemas(Dialect dialect, List<Catalog.Entry> entries) {
    Schemas schemas = new Schemas(dialect, ApiDocs.load());
    for (Catalog.Entry entry : entries) {
      schemas.add(entry.type().objectType().get());
      if (entry.type().listType() != null) {
        schemas.add(entry.type().listType().get());
      }
      for (ResourceType.Subresource subresource : entry.subresources()) {
        StructType<?> type = Operations.typeOf(subresource.kind());
        if (type != null) {
          schemas.add(type);
        }
      }
    }
    schemas.add(Status.TYPE);
    schemas.add(DeleteOptions.TYPE);
    schemas.add(WatchEvent.TYPE);
    return schemas;
  }

  private static void info(Sink out) {
    out.name("info")
        .open()
        .text("title", "Kubernetes")
        .text("version", Version.current().gitVersion())
        .close();
  }

  private static void patch(Sink out) {
    out.name(Operations.PATCH)
        .open()
        .text("description", "A change to an object, in the form that its media type names.")
        .text("type", "object")
        .close();
  }

  private static void bearer(Sink out) {
    out.name("BearerToken")
        .open()
        .text("description", "A token: Bearer, a blank and the token.")
        .text("in", "header")
        .text("name", "authorization")
        .text("type", "apiKey")
        .close();
  }
}
