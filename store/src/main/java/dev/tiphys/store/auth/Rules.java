package dev.tiphys.store.auth;

import dev.tiphys.store.mvcc.KeyRange;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.rpc.Role;
import dev.tiphys.store.rpc.User;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All users and roles at one moment, and what follows from them. Immutable. While authentication is
 * not enabled everybody may do everything.
 */
public final class Rules {
  /** The user and the role that may do everything. */
  public static final String ROOT = "root";

  /** Nobody has changed anything yet. */
  static final Rules INITIAL = new Rules(false, 1, new TreeMap<>(), new TreeMap<>());

  private final boolean enabled;
  private final long revision;
  private final SortedMap<String, User> users;
  private final SortedMap<String, Role> roles;
  // Computed when first asked for; the same for everybody who asks.
  private final Map<String, Grants> grants = new ConcurrentHashMap<>();

  Rules(
      boolean enabled,
      long revision,
      SortedMap<String, User> users,
      SortedMap<String, Role> roles) {
    this.enabled = enabled;
    this.revision = revision;
    this.users = Collections.unmodifiableSortedMap(new TreeMap<>(users));
    this.roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
  }

  static Rules of(AuthRecord record) {
    var users = new TreeMap<String, User>();
    record.getUsersList().forEach(user -> users.put(user.getName().toStringUtf8(), user));
    var roles = new TreeMap<String, Role>();
    record.getRolesList().forEach(role -> roles.put(role.getName().toStringUtf8(), role));
    return new Rules(record.getEnabled(), record.getRevision(), users, roles);
  }

  AuthRecord toRecord() {
    return AuthRecord.newBuilder()
        .setEnabled(enabled)
        .setRevision(revision)
        .addAllUsers(users.values())
        .addAllRoles(roles.values())
        .build();
  }

  /** Whether users must say who they are. */
  public boolean enabled() {
    return enabled;
  }

  /** Counts the changes, from 1 on. */
  public long revision() {
    return revision;
  }

  /** By name, in order. */
  public SortedMap<String, User> users() {
    return users;
  }

  /** By name, in order. */
  public SortedMap<String, Role> roles() {
    return roles;
  }

  /** The user of that name, if there is one. */
  public @Nullable User user(String name) {
    return users.get(name);
  }

  /** Whether a user has a role. */
  public boolean hasRole(String user, String role) {
    var found = users.get(user);
    return found != null && found.getRolesList().contains(role);
  }

  /** Whether a user may do everything. */
  public boolean isAdmin(String user) {
    return !enabled || hasRole(user, ROOT);
  }

  /**
   * Refuses who may not do everything.
   *
   * @throws dev.tiphys.store.mvcc.StoreException also when nobody in particular asks
   */
  public void needAdmin(String user) {
    needUser(user);
    if (!isAdmin(user)) {
      throw StoreError.PERMISSION_DENIED.exception();
    }
  }

  /** Refuses who may not read all of a range. */
  public void needRead(String user, KeyRange range) {
    needUser(user);
    if (!isAdmin(user) && !grants(user).mayRead(range)) {
      throw StoreError.PERMISSION_DENIED.exception();
    }
  }

  /** Refuses who may not write all of a range. */
  public void needWrite(String user, KeyRange range) {
    needUser(user);
    if (!isAdmin(user) && !grants(user).mayWrite(range)) {
      throw StoreError.PERMISSION_DENIED.exception();
    }
  }

  private void needUser(String user) {
    if (enabled && user.isEmpty()) {
      throw StoreError.USER_EMPTY.exception();
    }
  }

  private Grants grants(String user) {
    return grants.computeIfAbsent(
        user,
        name -> {
          var found = users.get(name);
          return found == null
              ? Grants.NONE
              : Grants.of(
                  found.getRolesList().stream()
                      .map(roles::get)
                      .filter(role -> role != null)
                      .flatMap(role -> role.getKeyPermissionList().stream())
                      .toList());
        });
  }
}
