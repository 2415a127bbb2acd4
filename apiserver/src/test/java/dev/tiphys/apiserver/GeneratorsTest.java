package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.JsonTree.Obj;
import dev.tiphys.apiserver.TestApi.Client;
import io.swagger.parser.OpenAPIParser;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The documents as generators of clients read them: by the parser of openapi-generator, which tells
 * what is not as OpenAPI has it.
 */
@ExtendWith(SharedApi.class)
final class GeneratorsTest {

  private final Client admin;

  GeneratorsTest(TestApi api) {
    this.admin = api.admin();
  }

  private static OpenAPI read(String document) {
    ParseOptions options = new ParseOptions();
    options.setResolve(true);
    SwaggerParseResult result = new OpenAPIParser().readContents(document, null, options);
    assertThat(result.getMessages() == null ? List.of() : result.getMessages()).isEmpty();
    return result.getOpenAPI();
  }

  @Test
  void theOneDocumentIsTaken() {
    OpenAPI api = read(admin.get("/openapi/v2").body());

    assertThat(api.getPaths()).containsKey("/api/v1/namespaces/{namespace}/pods/{name}");
    assertThat(api.getComponents().getSchemas()).containsKey("io.k8s.api.core.v1.Pod");
  }

  @Test
  void everyDocumentOfAGroupVersionIsTaken() {
    Obj paths =
        admin.get("/openapi/v3").json().get("paths") instanceof Obj found
            ? found
            : JsonTree.EMPTY_OBJECT;
    assertThat(paths.members()).hasSizeGreaterThan(20);
    for (String path : paths.members().keySet()) {
      OpenAPI api = read(admin.get("/openapi/v3/" + path).body());
      assertThat(api.getPaths()).as(path).isNotEmpty();
    }
  }
}
