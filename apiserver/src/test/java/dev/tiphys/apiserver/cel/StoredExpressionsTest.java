package dev.tiphys.apiserver.cel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.strategy.ExpressionCheck;
import dev.tiphys.apiserver.strategy.ExpressionCheck.Use;
import org.junit.jupiter.api.Test;

/** What is said of expressions before they are stored. */
class StoredExpressionsTest {

  private static final SchemaCel CEL = new SchemaCel();

  private final ExpressionCheck check =
      CEL.storing(
          CEL.admission(() -> {
            throw new IllegalStateException("nothing is evaluated here");
          }));

  @Test
  void messagesCannotAskTheAuthorizer() {
    String text = "string(authorizer.path('/').check('get').allowed())";

    assertThat(check.fault(text, Use.MESSAGE, true))
        .isEqualTo(
            """
            compilation failed: ERROR: <input>:1:8: undeclared reference to 'authorizer' (in container '')
             | string(authorizer.path('/').check('get').allowed())
             | .......^\
            """);
    assertThat(check.fault("authorizer.path('/').check('get').allowed()", Use.POLICY, true))
        .isNull();
  }

  @Test
  void whatARequestDoesNotHaveIsFound() {
    assertThat(check.fault("request.nothing == 'a'", Use.POLICY, false))
        .contains("undefined field 'nothing'");
    assertThat(check.fault("request.object.metadata.name == 'a'", Use.POLICY, false))
        .contains("undefined field 'object'");
    assertThat(
            check.fault(
                "request.namespace == 'a' && request.userInfo.groups.exists(g, g == 'b') &&"
                    + " request.resource.group == '' && has(request.userInfo.extra)",
                Use.MATCH,
                false))
        .isNull();
  }

  @Test
  void parametersAreThereOnlyWithAKindOfThem() {
    assertThat(check.fault("params.data.a == 'b'", Use.POLICY, true)).isNull();
    assertThat(check.fault("params.data.a == 'b'", Use.POLICY, false))
        .contains("undeclared reference to 'params'");
  }
}
