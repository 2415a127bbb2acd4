package dev.tiphys.api.merge;

import static dev.tiphys.api.sample.Widget.json;
import static dev.tiphys.api.sample.Widget.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.DynamicStruct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatchTest {

  private static JsonTree tree(String json) {
    return JsonTree.parse(json.replace('\'', '"'));
  }

  private static String merge(String original, String patch) {
    return json(MergePatch.apply(widget(original), tree(patch), Strictness.WARN).value());
  }

  private static String jsonPatch(String original, String patch) {
    return json(JsonPatch.apply(widget(original), tree(patch), DecodeOptions.LENIENT).value());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // The examples of RFC 7386, appendix A.
        "{'a':'b'}|{'a':'c'}|{'a':'c'}",
        "{'a':'b'}|{'b':'c'}|{'a':'b','b':'c'}",
        "{'a':'b'}|{'a':null}|{}",
        "{'a':'b','b':'c'}|{'a':null}|{'b':'c'}",
        "{'a':['b']}|{'a':'c'}|{'a':'c'}",
        "{'a':'c'}|{'a':['b']}|{'a':['b']}",
        "{'a':{'b':'c'}}|{'a':{'b':'d','c':null}}|{'a':{'b':'d'}}",
        "{'a':[{'b':'c'}]}|{'a':[1]}|{'a':[1]}",
        "['a','b']|['c','d']|['c','d']",
        "{'a':'b'}|['c']|['c']",
        "{'a':'foo'}|null|null",
        "{'e':null}|{'a':1}|{'e':null,'a':1}",
        "[1,2]|{'a':'b','c':null}|{'a':'b'}",
        "{}|{'a':{'bb':{'ccc':null}}}|{'a':{'bb':{}}}",
      })
  void mergePatchFollowsItsStandard(String original, String patch, String result) {
    assertThat(MergePatch.apply(tree(original), tree(patch))).isEqualTo(tree(result));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'spec':{'replicas':1}}|{'spec':{'replicas':3,'image':'i'}}|{'spec':{'replicas':3,'image':'i'}}",
        "{'metadata':{'labels':{'a':'1','b':'2'}}}|{'metadata':{'labels':{'a':null,'c':'3'}}}"
            + "|{'metadata':{'labels':{'b':'2','c':'3'}}}",
        "{'spec':{'containers':[{'name':'a'}]}}|{'spec':{'containers':[{'name':'b'}]}}"
            + "|{'spec':{'containers':[{'name':'b'}]}}",
        "{'spec':{'strategy':{'type':'x'}}}|{'spec':{'strategy':null}}|{'spec':{}}",
        "{}|{'spec':{'strategy':{'rolling':{'maxSurge':null}}}}|{'spec':{'strategy':{'rolling':{}}}}",
        "{'spec':{'extra':{'a':{'b':1},'c':2}}}|{'spec':{'extra':{'a':{'b':null,'d':3}}}}"
            + "|{'spec':{'extra':{'a':{'d':3},'c':2}}}",
      })
  void mergePatchOfAStruct(String original, String patch, String result) {
    assertThat(merge(original, patch)).isEqualTo(result);
  }

  @Test
  void patchesThatChangeNothingGiveTheSame() {
    DynamicStruct original =
        widget("{'spec':{'replicas':1,'tags':['a']},'metadata':{'labels':{'a':'b'}}}");
    JsonTree patch = tree("{'spec':{'replicas':1,'image':null},'metadata':{'labels':{'a':'b'}}}");
    assertThat(MergePatch.apply(original, patch, Strictness.STRICT).value()).isSameAs(original);
    assertThat(StrategicMergePatch.apply(original, patch, Strictness.STRICT).value())
        .isSameAs(original);
  }

  @Test
  void errorsReadAsIfTheWholeObjectHadBeenSent() {
    JsonTree patch = tree("{'kind':'Widget','spec':{'foo':1,'strategy':{'bar':2}}}");
    assertThat(MergePatch.apply(widget("{}"), patch, Strictness.WARN).warnings())
        .containsExactly("unknown field \"spec.foo\"", "unknown field \"spec.strategy.bar\"");
    assertThatThrownBy(() -> MergePatch.apply(widget("{}"), patch, Strictness.STRICT))
        .isInstanceOf(DecodeException.class)
        .hasMessageStartingWith("strict decoding error: unknown field \"spec.foo\"");
    assertThatThrownBy(() -> merge("{}", "{'spec':{'replicas':'x'}}"))
        .hasMessage(
            "json: cannot unmarshal string into Go struct field WidgetSpec.spec.replicas of type"
                + " int32");
    JsonTree element =
        tree("{'spec':{'containers':[{'name':'a'},{'name':'b','env':[{'name':'c','x':1}]}]}}");
    assertThat(StrategicMergePatch.apply(widget("{}"), element, Strictness.WARN).warnings())
        .containsExactly("unknown field \"spec.containers[1].env[0].x\"");
  }

  @Test
  void mergePatchMustBeAnObject() {
    assertThatThrownBy(() -> merge("{}", "[]")).isInstanceOf(PatchException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'spec':{'replicas':1}}|[{'op':'replace','path':'/spec/replicas','value':3}]|{'spec':{'replicas':3}}",
        "{}|[{'op':'add','path':'/spec','value':{'image':'i'}}]|{'spec':{'image':'i'}}",
        "{'spec':{'tags':['a','c']}}|[{'op':'add','path':'/spec/tags/1','value':'b'}]"
            + "|{'spec':{'tags':['a','b','c']}}",
        "{'spec':{'tags':['a']}}|[{'op':'add','path':'/spec/tags/-','value':'b'}]"
            + "|{'spec':{'tags':['a','b']}}",
        "{'spec':{'tags':['a','b']}}|[{'op':'remove','path':'/spec/tags/0'}]|{'spec':{'tags':['b']}}",
        "{'metadata':{'labels':{'x/y':'1','z':'2'}}}|[{'op':'remove','path':'/metadata/labels/x~1y'}]"
            + "|{'metadata':{'labels':{'z':'2'}}}",
        "{'spec':{'image':'i'}}|[{'op':'move','from':'/spec/image','path':'/spec/commands','value':1},"
            + "{'op':'replace','path':'/spec/commands','value':['x']}]|{'spec':{'commands':['x']}}",
        "{'spec':{'tags':['a']}}|[{'op':'copy','from':'/spec/tags','path':'/spec/commands'}]"
            + "|{'spec':{'tags':['a'],'commands':['a']}}",
        "{'spec':{'ratio':1}}|[{'op':'test','path':'/spec/ratio','value':1.0},"
            + "{'op':'remove','path':'/spec/ratio'}]|{'spec':{}}",
      })
  void jsonPatchChangesPlaces(String original, String patch, String result) {
    assertThat(jsonPatch(original, patch)).isEqualTo(result);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[{'op':'test','path':'/spec/replicas','value':2}]"
            + "|testing value /spec/replicas failed: test failed",
        "[{'op':'replace','path':'/spec/foo','value':2}]|replace operation does not apply: doc is"
            + " missing key: /spec/foo: missing value",
        "[{'op':'remove','path':'/spec/foo'}]|error in remove for path: '/spec/foo': Unable to remove"
            + " nonexistent key: foo: missing value",
        "[{'op':'add','path':'/foo/bar','value':2}]|add operation does not apply: doc is missing path:"
            + " \"/foo/bar\": missing value",
        "[{'op':'copy','from':'/foo','path':'/bar'}]|copy operation does not apply: doc is missing from"
            + " path: /foo: missing value",
        "[{'op':'add','path':'/spec/tags/5','value':'x'}]|Unable to access invalid index: 5: invalid"
            + " index referenced",
        "[{'op':'jump','path':'/spec'}]|Unexpected kind: jump",
        "[{'op':'move','from':'/spec','path':'/spec/tags'}]|a value cannot be moved into itself:"
            + " /spec/tags",
      })
  void jsonPatchTellsWhatDoesNotApply(String patch, String message) {
    assertThatThrownBy(() -> jsonPatch("{'spec':{'replicas':1,'tags':['a']}}", patch))
        .isInstanceOf(PatchException.class)
        .hasMessage(message);
  }
}
