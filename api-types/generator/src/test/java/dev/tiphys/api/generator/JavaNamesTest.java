package dev.tiphys.api.generator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaNamesTest {

  @ParameterizedTest
  @CsvSource({
    "name, name",
    "continue, continue_",
    "Port, port",
    "$ref, ref",
    "x-kubernetes-list-type, xKubernetesListType",
  })
  void componentsAreJavaIdentifiers(String jsonName, String component) {
    assertThat(JavaNames.component(jsonName)).isEqualTo(component);
  }

  @ParameterizedTest
  @CsvSource({
    "pods, Pod, PODS",
    "configmaps, ConfigMap, CONFIG_MAPS",
    "networkpolicies, NetworkPolicy, NETWORK_POLICIES",
    "csidrivers, CSIDriver, CSI_DRIVERS",
    "apiservices, APIService, API_SERVICES",
    "endpoints, Endpoints, ENDPOINTS",
  })
  void constantsFollowTheWordsOfTheKind(String plural, String kind, String constant) {
    assertThat(JavaNames.constant(plural, kind)).isEqualTo(constant);
  }

  @ParameterizedTest
  @CsvSource({"'a\"b', '\"a\\\"b\"'", "'a\\b', '\"a\\\\b\"'"})
  void literalsAreEscaped(String text, String literal) {
    assertThat(JavaNames.literal(text)).isEqualTo(literal);
  }

  @ParameterizedTest
  @CsvSource({"'a < b & c', 'a &lt; b &amp; c'", "'*/name', '*&#47;name'"})
  void documentationCannotBreakOutOfItsComment(String text, String javadoc) {
    assertThat(JavaNames.javadoc(text)).isEqualTo(javadoc);
  }
}
