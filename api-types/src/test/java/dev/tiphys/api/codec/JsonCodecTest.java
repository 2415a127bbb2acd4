package dev.tiphys.api.codec;

import static dev.tiphys.api.sample.Widget.json;
import static dev.tiphys.api.sample.Widget.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.DecodeException.Reason;
import dev.tiphys.api.sample.Widget;
import dev.tiphys.api.schema.DynamicStruct;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecTest {

  private static final String FULL =
      """
      {'metadata':{'name':'a','namespace':'b','labels':{'a':'1','b':'2'},'finalizers':['x'],\
      'generation':3,'creationTimestamp':'2026-01-02T03:04:05Z'},\
      'spec':{'replicas':0,'paused':true,'enabled':false,'ratio':0.5,'image':'i','data':'AAEC',\
      'limits':{'cpu':'500m','memory':'1Gi'},'port':'http','since':'2026-01-02T03:04:05Z',\
      'at':'2026-01-02T03:04:05.000006Z','timeout':'1m30s','extra':{'b':[1,null],'a':'x y'},\
      'containers':[{'name':'c','image':'d','args':['-v'],'env':[{'name':'E','value':'F'}],\
      'ports':[{'containerPort':80}]}]},'status':{'ready':0}}\
      """;

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private static Decoded<DynamicStruct> decode(String json, DecodeOptions options) {
    return JsonCodec.decode(bytes(json), Widget.TYPE, options);
  }

  @Test
  void writesBackWhatItReads() {
    assertThat(json(widget(FULL))).isEqualTo(FULL);
  }

  @Test
  void writesKindAndVersionFirst() {
    assertThat(JsonCodec.encodeToString(widget("{'metadata':{'name':'a'}}")))
        .isEqualTo(
            "{\"kind\":\"Widget\",\"apiVersion\":\"example.io/v1\",\"metadata\":{\"name\":\"a\"}}");
  }

  @Test
  void writesMapsByKey() {
    assertThat(json(widget("{'metadata':{'labels':{'z':'1','a':'2','m':'3'}}}")))
        .isEqualTo("{'metadata':{'labels':{'a':'2','m':'3','z':'1'}}}");
  }

  @Test
  void absentAreNullsAndZerosThatMeanNothing() {
    String text =
        "{'spec':{'replicas':null,'paused':false,'image':'','limits':{},'containers':[],"
            + "'enabled':false,'selector':{}},'status':{'ready':0}}";
    assertThat(json(widget(text)))
        .isEqualTo("{'spec':{'enabled':false,'selector':{}},'status':{'ready':0}}");
  }

  @Test
  void makesTimesAndQuantitiesCanonical() {
    String text =
        "{'spec':{'limits':{'cpu':1.5,'memory':'1024Mi'},'since':'2026-01-02T05:04:05.9+02:00',"
            + "'timeout':'90s','port':80,'extra':{ 'a' : [ 1, 2 ] }}}";
    assertThat(json(widget(text)))
        .isEqualTo(
            "{'spec':{'limits':{'cpu':'1500m','memory':'1Gi'},'port':80,"
                + "'since':'2026-01-02T03:04:05Z','timeout':'1m30s','extra':{'a':[1,2]}}}");
  }

  @Test
  void nullWithinListsAndMapsIsZero() {
    assertThat(json(widget("{'metadata':{'labels':{'a':null},'finalizers':[null]}}")))
        .isEqualTo("{'metadata':{'labels':{'a':''},'finalizers':['']}}");
  }

  @Test
  void tellsUnknownAndDuplicateFields() {
    String text =
        "{'kind':'Widget','apiVersion':'example.io/v1','foo':1,'spec':{'bar':{'x':1},'replicas':1,"
            + "'replicas':2,'containers':[{'name':'a'},{'name':'b','nope':[]}]},"
            + "'metadata':{'labels':{'a':'1','a':'2'},'Name':'x'}}";
    assertThat(decode(text, DecodeOptions.WARN).warnings())
        .containsExactly(
            "unknown field \"foo\"",
            "unknown field \"spec.bar\"",
            "duplicate field \"spec.replicas\"",
            "unknown field \"spec.containers[1].nope\"",
            "duplicate field \"metadata.labels.a\"",
            "unknown field \"metadata.Name\"");
    assertThat(decode(text, DecodeOptions.LENIENT).warnings()).isEmpty();
    assertThatThrownBy(() -> decode("{'foo':1,'bar':2}", DecodeOptions.STRICT))
        .isInstanceOfSatisfying(
            DecodeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STRICT))
        .hasMessage("strict decoding error: unknown field \"foo\", unknown field \"bar\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'spec':{'replicas':'3'}}|json: cannot unmarshal string into Go struct field"
            + " WidgetSpec.spec.replicas of type int32",
        "{'spec':{'replicas':1.5}}|json: cannot unmarshal number 1.5 into Go struct field"
            + " WidgetSpec.spec.replicas of type int32",
        "{'spec':{'replicas':3000000000}}|json: cannot unmarshal number 3000000000 into Go struct"
            + " field WidgetSpec.spec.replicas of type int32",
        "{'spec':{'containers':[{'env':[{'value':1}]}]}}|json: cannot unmarshal number into Go"
            + " struct field EnvVar.spec.containers.env.value of type string",
        "{'metadata':{'labels':{'a':true}}}|json: cannot unmarshal bool into Go struct field"
            + " Meta.metadata.labels of type string",
        "{'metadata':{'labels':[]}}|json: cannot unmarshal array into Go struct field"
            + " Meta.metadata.labels of type map[string]string",
        "{'spec':[]}|json: cannot unmarshal array into Go struct field Widget.spec of type"
            + " v1.WidgetSpec",
        "{'spec':{'containers':{}}}|json: cannot unmarshal object into Go struct field"
            + " WidgetSpec.spec.containers of type []v1.Container",
        "[]|json: cannot unmarshal array into Go value of type v1.Widget",
        "{'spec':{'port':true}}|json: cannot unmarshal bool into Go value of type int32",
        "{'spec':{'since':5}}|json: cannot unmarshal number into Go value of type string",
        "{'spec':{'data':'A*=='}}|illegal base64 data at input byte 1",
        "{'spec':{'timeout':'5'}}|time: missing unit in duration ~5~",
      })
  void tellsWrongTypes(String text, String message) {
    assertThatThrownBy(() -> decode(text, DecodeOptions.LENIENT))
        .isInstanceOfSatisfying(
            DecodeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TYPE))
        .hasMessage(message.replace('~', '"'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{", "{'a'}", "{} {}", "{}x", "nul", "{'spec':}", "{'a':1,}"})
  void refusesWhatIsMalformed(String text) {
    assertThatThrownBy(() -> decode(text, DecodeOptions.LENIENT))
        .isInstanceOfSatisfying(
            DecodeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SYNTAX));
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    byte[] json = bytes("{'spec':{'image':'x'}}");
    json[18] = (byte) 0xff;
    assertThatThrownBy(() -> JsonCodec.decode(json, Widget.TYPE))
        .isInstanceOf(DecodeException.class);
  }

  @Test
  void refusesWhatIsTooLongOrTooDeep() {
    assertThatThrownBy(() -> decode("{'a':12345}", DecodeOptions.LENIENT.withMaxBytes(5)))
        .isInstanceOfSatisfying(
            DecodeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
    String deep = "{'x':" + "[".repeat(2000) + "]".repeat(2000) + "}";
    assertThatThrownBy(() -> decode(deep, DecodeOptions.LENIENT))
        .isInstanceOfSatisfying(
            DecodeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
  }

  @Test
  void peeksAtTheTypeWhereverItStands() {
    assertThat(JsonCodec.peek(bytes("{'spec':{'kind':'X'},'apiVersion':'a/v1','kind':'K'}")))
        .isEqualTo(new TypeMeta("a/v1", "K"));
    assertThat(JsonCodec.peek(bytes("{}")).groupVersionKind().kind()).isEmpty();
    assertThat(new TypeMeta("v1", "Pod").groupVersionKind().apiVersion()).isEqualTo("v1");
    assertThatThrownBy(() -> JsonCodec.peek(bytes("[]"))).isInstanceOf(DecodeException.class);
  }

  @Test
  void listsAreMadeOfEncodedObjects() {
    byte[] item = JsonCodec.encode(widget("{'metadata':{'name':'a'}}"));
    var kind = new dev.tiphys.api.schema.GroupVersionKind("example.io", "v1", "WidgetList");
    int offset = JsonCodec.itemOffset(java.util.Objects.requireNonNull(Widget.TYPE.kind()));
    String list =
        new String(
                JsonCodec.listStart(kind, JsonCodec.decode("{}", Widget.META)),
                StandardCharsets.UTF_8)
            + "{"
            + new String(item, offset, item.length - offset, StandardCharsets.UTF_8)
            + new String(JsonCodec.listEnd(), StandardCharsets.UTF_8);
    assertThat(list)
        .isEqualTo(
            "{\"kind\":\"WidgetList\",\"apiVersion\":\"example.io/v1\",\"metadata\":{},"
                + "\"items\":[{\"metadata\":{\"name\":\"a\"}}]}");
  }

  @Test
  void escapesAsUpstreamDoes() {
    assertThat(new JsonWriter().value("<&>\"\\\n\u0001\u2028é😀").toString())
        .isEqualTo("\"\\u003c\\u0026\\u003e\\\"\\\\\\n\\u0001\\u2028é😀\"");
  }

  @ParameterizedTest
  @CsvSource({"1.0,1", "0.1,0.1", "1e21,1e+21", "1.5e-7,1.5e-7", "100000000000,100000000000"})
  void writesNumbersAsUpstreamDoes(double number, String text) {
    assertThat(new JsonWriter().value(number).toString()).isEqualTo(text);
  }

  @Property
  void anyTextReadsBackAsItself(@ForAll String text) {
    String clean = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    JsonTree tree = new JsonTree.Obj(java.util.Map.of(clean, new JsonTree.Text(clean)));
    assertThat(JsonTree.parse(tree.toBytes())).isEqualTo(tree);
  }

  @Test
  void treesKeepEverything() {
    String text = "{\"b\":[1,2.50,-3e9,null,true,\"x\"],\"a\":{}}";
    assertThat(JsonTree.parse(text).toJson()).isEqualTo(text);
    assertThat(new JsonTree.Num("1.0")).isEqualTo(new JsonTree.Num("1"));
  }
}
