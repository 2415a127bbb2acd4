package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.core.v1.ConfigMap;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lists, in pages and at revisions. */
final class StoreListsTest extends StoreFixture {

  @Test
  void listsAreInTheOrderOfKeysAndSelected() {
    create("b", "2");
    create("a", "1");
    maps.create(new ObjectKey("other", "c"), map("other", "c", "1"), null);

    assertThat(names(maps.list(ListQuery.latest(Selection.all())))).containsExactly("a", "b", "c");
    assertThat(names(maps.list(ListQuery.latest(Selection.inNamespace("default")))))
        .containsExactly("a", "b");
    assertThat(names(maps.list(ListQuery.latest(valued("1"))))).containsExactly("a", "c");
    assertThat(names(maps.list(ListQuery.latest(new Selection<>("default", "b", null, null)))))
        .containsExactly("b");
  }

  @Test
  void aListOfTheSameStateIsTheSameListUntilSomethingIsWritten() {
    create("a", "1");
    ListQuery<ConfigMap> all = ListQuery.latest(Selection.all());
    StoredList<ConfigMap> first = maps.list(all).items();

    assertThat(maps.list(all).items()).isSameAs(first);
    assertThat(names(maps.list(ListQuery.latest(new Selection<>(null, "b", null, null)))))
        .isEmpty();

    create("b", "1");
    assertThat(names(maps.list(all))).containsExactly("a", "b");
    assertThat(names(maps.list(ListQuery.latest(Selection.inNamespace("other"))))).isEmpty();
  }

  @Test
  void pagesShowTheStateOfTheFirstOne() {
    for (int i = 0; i < 7; i++) {
      create("m" + i, "1");
    }
    List<String> seen = new ArrayList<>();

    ListPage<ConfigMap> page = maps.list(new ListQuery<>(Selection.all(), ReadAt.LATEST, 3, null));
    seen.addAll(names(page));
    assertThat(page.remainingItemCount()).isEqualTo(4);
    maps.delete(key("m5"), Preconditions.NONE, _ -> {});
    create("m8", "1");
    while (page.continueToken() != null) {
      ListPage<ConfigMap> next =
          maps.list(new ListQuery<>(Selection.all(), ReadAt.LATEST, 3, page.continueToken()));
      assertThat(next.revision()).isEqualTo(page.revision());
      seen.addAll(names(next));
      page = next;
    }

    assertThat(seen).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6");
  }

  @Test
  void anOlderStateIsReadFromHistoryUntilItIsCompacted() {
    create("a", "1");
    long revision = create("b", "1").revision();
    create("c", "1");
    // Another process has not seen it happen, so it must ask the store.
    try (Store other = Store.connect(config(), InstantSource.system())) {
      ResourceStore<ConfigMap> elsewhere = other.open(spec);
      ListQuery<ConfigMap> query =
          new ListQuery<>(Selection.all(), new ReadAt.Exact(revision), 0, null);
      assertThat(names(elsewhere.list(query))).containsExactly("a", "b");

      etcd.compact(store.revision());

      assertThatThrownBy(() -> elsewhere.list(query))
          .isInstanceOf(StorageException.Expired.class)
          .hasMessage("The resourceVersion for the provided list is too old.");
      String token = new ContinueToken(revision, "default/b\0").encode();
      assertThatThrownBy(
              () -> elsewhere.list(new ListQuery<>(Selection.all(), ReadAt.LATEST, 0, token)))
          .isInstanceOfSatisfying(
              StorageException.Expired.class,
              expired ->
                  assertThat(
                          names(
                              elsewhere.list(
                                  new ListQuery<>(
                                      Selection.all(), ReadAt.LATEST, 0, expired.continueToken()))))
                      .containsExactly("c"));
    }
  }

  @Test
  void aRevisionThatHasNotComeIsTooLarge() {
    long future = store.revision() + 1_000_000;

    assertThatThrownBy(() ->
            maps.list(new ListQuery<>(Selection.all(), new ReadAt.NotOlderThan(future), 0, null)))
        .isInstanceOf(StorageException.RevisionTooLarge.class)
        .hasMessageStartingWith("Too large resource version: " + future + ", current: ");
  }

  @Test
  void aContinueTokenOfNobodyIsMalformed() {
    assertThatThrownBy(
            () -> maps.list(new ListQuery<>(Selection.all(), ReadAt.LATEST, 0, "nonsense")))
        .isInstanceOf(StorageException.Malformed.class);
  }
}
