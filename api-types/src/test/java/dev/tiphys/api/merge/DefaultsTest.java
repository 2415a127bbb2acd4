package dev.tiphys.api.merge;

import static dev.tiphys.api.sample.Widget.json;
import static dev.tiphys.api.sample.Widget.widget;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.schema.DynamicStruct;
import org.junit.jupiter.api.Test;

class DefaultsTest {

  @Test
  void fillsWhatIsAbsentAtAnyDepth() {
    DynamicStruct defaulted =
        Defaults.apply(
            widget("{'spec':{'containers':[{'name':'a','ports':[{'containerPort':1}]}]}}"));
    assertThat(json(defaulted))
        .isEqualTo(
            "{'spec':{'replicas':1,'containers':[{'name':'a','ports':[{'containerPort':1,"
                + "'protocol':'TCP'}],'policy':'Always'}]}}");
  }

  @Test
  void makesNothingThatIsNotThere() {
    DynamicStruct plain = widget("{'metadata':{'name':'a'}}");
    assertThat(Defaults.apply(plain)).isSameAs(plain);
  }

  @Test
  void keepsWhatIsSet() {
    DynamicStruct set = widget("{'spec':{'replicas':0,'containers':[{'name':'a','policy':'P'}]}}");
    assertThat(Defaults.apply(set)).isSameAs(set);
  }
}
