package dev.tiphys.api.merge;

import static dev.tiphys.api.sample.Widget.json;
import static dev.tiphys.api.sample.Widget.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.DynamicStruct;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategicMergePatchTest {

  private static DynamicStruct patched(DynamicStruct original, String patch) {
    JsonTree tree = JsonTree.parse(patch.replace('\'', '"'));
    return StrategicMergePatch.apply(original, tree, Strictness.STRICT).value();
  }

  private static String spec(String original, String patch) {
    String result = json(patched(widget("{'spec':" + original + "}"), "{'spec':" + patch + "}"));
    return result.substring("{'spec':".length(), result.length() - 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // Lists with a merge key merge element by element, in the patch's order.
        "{'containers':[{'name':'a','image':'1'},{'name':'b'}]}|{'containers':[{'name':'a','image':'2'}]}"
            + "|{'containers':[{'name':'a','image':'2'},{'name':'b'}]}",
        "{'containers':[{'name':'a'}]}|{'containers':[{'name':'b','image':'i'}]}"
            + "|{'containers':[{'name':'b','image':'i'},{'name':'a'}]}",
        "{'containers':[{'name':'a','env':[{'name':'x','value':'1'}]}]}"
            + "|{'containers':[{'name':'a','env':[{'name':'y','value':'2'},{'name':'x','value':'3'}]}]}"
            + "|{'containers':[{'name':'a','env':[{'name':'y','value':'2'},{'name':'x','value':'3'}]}]}",
        "{'containers':[{'name':'a','args':['x']}]}|{'containers':[{'name':'a','args':['y']}]}"
            + "|{'containers':[{'name':'a','args':['y']}]}",
        "{'containers':[{'name':'a','image':'i'}]}|{'containers':[{'name':'a','image':null}]}"
            + "|{'containers':[{'name':'a'}]}",
        "{'containers':[{'name':'a','ports':[{'containerPort':1}]}]}"
            + "|{'containers':[{'name':'a','ports':[{'containerPort':1,'name':'p'}]}]}"
            + "|{'containers':[{'name':'a','ports':[{'containerPort':1,'name':'p'}]}]}",
        // $patch in elements, lists, structs and maps.
        "{'containers':[{'name':'a'},{'name':'b'}]}|{'containers':[{'name':'a','$patch':'delete'}]}"
            + "|{'containers':[{'name':'b'}]}",
        "{'containers':[{'name':'a'},{'name':'b'}]}|{'containers':[{'name':'c'},{'$patch':'replace'}]}"
            + "|{'containers':[{'name':'c'}]}",
        "{'strategy':{'type':'x','rolling':{'maxSurge':1}}}|{'strategy':{'$patch':'replace','type':'y'}}"
            + "|{'strategy':{'type':'y'}}",
        "{'strategy':{'type':'x'}}|{'strategy':{'$patch':'delete'}}|{'strategy':{}}",
        "{'selector':{'matchLabels':{'a':'1'}}}|{'selector':{'matchLabels':{'$patch':'replace','b':'2'}}}"
            + "|{'selector':{'matchLabels':{'b':'2'}}}",
        // $retainKeys
        "{'strategy':{'type':'x','rolling':{'maxSurge':1}}}"
            + "|{'strategy':{'$retainKeys':['type'],'type':'y'}}|{'strategy':{'type':'y'}}",
        // Sets of scalars.
        "{'tags':['a','b']}|{'tags':['c','a']}|{'tags':['c','a','b']}",
        "{'tags':['a','b','c']}|{'$deleteFromPrimitiveList/tags':['b','x']}|{'tags':['a','c']}",
        "{'tags':['a','b','c']}|{'$setElementOrder/tags':['c','a'],'$deleteFromPrimitiveList/tags':['b']}"
            + "|{'tags':['c','a']}",
        // $setElementOrder, as kubectl apply sends it.
        "{'containers':[{'name':'a'},{'name':'s'},{'name':'b'}]}"
            + "|{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}],"
            + "'containers':[{'name':'a','image':'i'}]}"
            + "|{'containers':[{'name':'s'},{'name':'b'},{'name':'a','image':'i'}]}",
        "{'containers':[{'name':'a'},{'name':'b'}]}"
            + "|{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}]}"
            + "|{'containers':[{'name':'b'},{'name':'a'}]}",
        // Lists without a merge key, and null.
        "{'commands':['a','b']}|{'commands':['c']}|{'commands':['c']}",
        "{'containers':[{'name':'a'}],'image':'i'}|{'containers':null}|{'image':'i'}",
        // What is new is taken without its directives.
        "{}|{'containers':[{'name':'a','$patch':'delete'},{'name':'b','image':null}]}"
            + "|{'containers':[{'name':'b'}]}",
        "{}|{'strategy':{'$retainKeys':['type'],'type':'y'}}|{'strategy':{'type':'y'}}",
        "{'limits':{'cpu':'1'}}|{'limits':{'cpu':'2','memory':'1Gi'}}|{'limits':{'cpu':'2','memory':'1Gi'}}",
      })
  void merges(String original, String patch, String result) {
    assertThat(spec(original, patch)).isEqualTo(result);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'containers':[{'image':'i'}]}|map: {'image':'i'} does not contain declared merge key: name",
        "{'strategy':{'$patch':'x'}}|unknown patch type: 'x' in map: {'$patch':'x'}",
        "{'strategy':{'$retainKeys':['type'],'rolling':{}}}|patch content doesn't match retainKeys list",
        "{'strategy':{'$retainKeys':1}}|invalid patch format of retainKeys",
        "{'$setElementOrder/containers':1}|invalid patch format of setElementOrder list",
        "{'$deleteFromPrimitiveList/tags':1}|invalid patch format of primitive list",
        "{'containers':1}|json: cannot unmarshal number into Go struct field WidgetSpec.spec.containers"
            + " of type []v1.Container",
        "{'containers':[{'name':'a','$patch':'merge'}]}|merging lists cannot yet be specified in the"
            + " patch",
      })
  void tellsWhatIsMalformed(String patch, String message) {
    assertThatThrownBy(() -> spec("{}", patch))
        .hasMessage(
            message.startsWith("map") || message.startsWith("unknown")
                ? message.replace('\'', '"')
                : message);
  }

  @Property
  void elementsComeInThePatchsOrderAndNoneIsLost(
      @ForAll @UniqueElements List<@StringLength(1) @CharRange(from = 'a', to = 'h') String> server,
      @ForAll @Size(min = 1, max = 8) @UniqueElements
          List<@StringLength(1) @CharRange(from = 'a', to = 'h') String> patch) {
    String original = "{'tags':['" + String.join("','", server) + "']}";
    String result =
        spec(server.isEmpty() ? "{}" : original, "{'tags':['" + String.join("','", patch) + "']}");
    List<String> tags = List.of(result.replaceAll(".*\\['|'\\].*", "").split("','"));
    assertThat(tags).containsAll(server).containsAll(patch).doesNotHaveDuplicates();
    assertThat(tags.stream().filter(patch::contains)).containsExactlyElementsOf(patch);
    assertThat(tags.stream().filter(tag -> !patch.contains(tag)))
        .containsExactlyElementsOf(server.stream().filter(tag -> !patch.contains(tag)).toList());
  }
}
