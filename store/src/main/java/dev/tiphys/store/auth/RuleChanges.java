package dev.tiphys.store.auth;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.AuthCommand;
import dev.tiphys.store.rpc.AuthDisableResponse;
import dev.tiphys.store.rpc.AuthEnableResponse;
import dev.tiphys.store.rpc.AuthRoleAddRequest;
import dev.tiphys.store.rpc.AuthRoleAddResponse;
import dev.tiphys.store.rpc.AuthRoleDeleteRequest;
import dev.tiphys.store.rpc.AuthRoleDeleteResponse;
import dev.tiphys.store.rpc.AuthRoleGrantPermissionRequest;
import dev.tiphys.store.rpc.AuthRoleGrantPermissionResponse;
import dev.tiphys.store.rpc.AuthRoleRevokePermissionRequest;
import dev.tiphys.store.rpc.AuthRoleRevokePermissionResponse;
import dev.tiphys.store.rpc.AuthUserAddRequest;
import dev.tiphys.store.rpc.AuthUserAddResponse;
import dev.tiphys.store.rpc.AuthUserChangePasswordRequest;
import dev.tiphys.store.rpc.AuthUserChangePasswordResponse;
import dev.tiphys.store.rpc.AuthUserDeleteRequest;
import dev.tiphys.store.rpc.AuthUserDeleteResponse;
import dev.tiphys.store.rpc.AuthUserGrantRoleRequest;
import dev.tiphys.store.rpc.AuthUserGrantRoleResponse;
import dev.tiphys.store.rpc.AuthUserRevokeRoleRequest;
import dev.tiphys.store.rpc.AuthUserRevokeRoleResponse;
import dev.tiphys.store.rpc.Permission;
import dev.tiphys.store.rpc.Role;
import dev.tiphys.store.rpc.User;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a command makes of the rules. The same rules and command give the same on every member. */
final class RuleChanges {
  private static final Comparator<Permission> BY_KEY =
      Comparator.comparing(Permission::getKey, ByteString.unsignedLexicographicalComparator());

  private final Rules before;
  private final SortedMap<String, User> users;
  private final SortedMap<String, Role> roles;

  /** What came of it; the rules are the ones before when nothing has changed. */
  record Result(MessageLite response, Rules rules) {}

  private RuleChanges(Rules before) {
    this.before = before;
    this.users = new TreeMap<>(before.users());
    this.roles = new TreeMap<>(before.roles());
  }

  /**
   * Carries out a command.
   *
   * @throws dev.tiphys.store.mvcc.StoreException when it is not possible
   */
  static Result of(Rules before, AuthCommand command) {
    var changes = new RuleChanges(before);
    return switch (command.getWhatCase()) {
      case ENABLE -> changes.enable();
      case DISABLE -> changes.disable();
      case USER_ADD -> changes.add(command.getUserAdd());
      case USER_DELETE -> changes.delete(command.getUserDelete());
      case USER_CHANGE_PASSWORD -> changes.changePassword(command.getUserChangePassword());
      case USER_GRANT_ROLE -> changes.grant(command.getUserGrantRole());
      case USER_REVOKE_ROLE -> changes.revoke(command.getUserRevokeRole());
      case ROLE_ADD -> changes.add(command.getRoleAdd());
      case ROLE_DELETE -> changes.delete(command.getRoleDelete());
      case ROLE_GRANT_PERMISSION -> changes.grant(command.getRoleGrantPermission());
      case ROLE_REVOKE_PERMISSION -> changes.revoke(command.getRoleRevokePermission());
      case ASSIGN_TOKEN, WHAT_NOT_SET ->
          throw new IllegalArgumentException("changes no rules: " + command.getWhatCase());
    };
  }

  private Result enable() {
    var response = AuthEnableResponse.getDefaultInstance();
    if (before.enabled()) {
      return new Result(response, before);
    }
    if (!users.containsKey(Rules.ROOT)) {
      throw StoreError.ROOT_USER_MISSING.exception();
    }
    if (!before.hasRole(Rules.ROOT, Rules.ROOT)) {
      throw StoreError.ROOT_ROLE_MISSING.exception();
    }
    return new Result(response, new Rules(true, before.revision(), users, roles));
  }

  private Result disable() {
    var response = AuthDisableResponse.getDefaultInstance();
    return before.enabled()
        ? new Result(response, new Rules(false, before.revision() + 1, users, roles))
        : new Result(response, before);
  }

  private Result add(AuthUserAddRequest request) {
    if (request.getName().isEmpty()) {
      throw StoreError.USER_EMPTY.exception();
    }
    if (users.containsKey(request.getName())) {
      throw StoreError.USER_EXISTS.exception();
    }
    var user =
        User.newBuilder()
            .setName(ByteString.copyFromUtf8(request.getName()))
            .setOptions(request.getOptions());
    if (!request.getOptions().getNoPassword()) {
      user.setPassword(ByteString.copyFromUtf8(request.getHashedPassword()));
    }
    users.put(request.getName(), user.build());
    return changed(AuthUserAddResponse.getDefaultInstance());
  }

  private Result delete(AuthUserDeleteRequest request) {
    if (before.enabled() && request.getName().equals(Rules.ROOT)) {
      throw StoreError.INVALID_AUTH_MANAGEMENT.exception();
    }
    user(request.getName());
    users.remove(request.getName());
    return changed(AuthUserDeleteResponse.getDefaultInstance());
  }

  private Result changePassword(AuthUserChangePasswordRequest request) {
    var user = user(request.getName()).toBuilder().clearPassword();
    if (!user.getOptions().getNoPassword()) {
      user.setPassword(ByteString.copyFromUtf8(request.getHashedPassword()));
    }
    users.put(request.getName(), user.build());
    return changed(AuthUserChangePasswordResponse.getDefaultInstance());
  }

  private Result grant(AuthUserGrantRoleRequest request) {
    var user = user(request.getUser());
    if (!request.getRole().equals(Rules.ROOT)) {
      role(request.getRole());
    }
    var response = AuthUserGrantRoleResponse.getDefaultInstance();
    var granted = new TreeSet<>(user.getRolesList());
    if (!granted.add(request.getRole())) {
      return new Result(response, before);
    }
    users.put(request.getUser(), user.toBuilder().clearRoles().addAllRoles(granted).build());
    return changed(response);
  }

  private Result revoke(AuthUserRevokeRoleRequest request) {
    if (before.enabled()
        && request.getName().equals(Rules.ROOT)
        && request.getRole().equals(Rules.ROOT)) {
      throw StoreError.INVALID_AUTH_MANAGEMENT.exception();
    }
    var user = user(request.getName());
    if (!user.getRolesList().contains(request.getRole())) {
      throw StoreError.ROLE_NOT_GRANTED.exception();
    }
    users.put(request.getName(), without(user, request.getRole()));
    return changed(AuthUserRevokeRoleResponse.getDefaultInstance());
  }

  private Result add(AuthRoleAddRequest request) {
    if (request.getName().isEmpty()) {
      throw StoreError.ROLE_EMPTY.exception();
    }
    if (roles.containsKey(request.getName())) {
      throw StoreError.ROLE_EXISTS.exception();
    }
    roles.put(
        request.getName(),
        Role.newBuilder().setName(ByteString.copyFromUtf8(request.getName())).build());
    return changed(AuthRoleAddResponse.getDefaultInstance());
  }

  private Result delete(AuthRoleDeleteRequest request) {
    if (before.enabled() && request.getRole().equals(Rules.ROOT)) {
      throw StoreError.INVALID_AUTH_MANAGEMENT.exception();
    }
    role(request.getRole());
    roles.remove(request.getRole());
    users.replaceAll((_, user) -> without(user, request.getRole()));
    return changed(AuthRoleDeleteResponse.getDefaultInstance());
  }

  private Result grant(AuthRoleGrantPermissionRequest request) {
    if (!request.hasPerm()) {
      throw StoreError.PERMISSION_NOT_GIVEN.exception();
    }
    var role = role(request.getName());
    var permissions = new ArrayList<>(role.getKeyPermissionList());
    permissions.removeIf(
        p -> sameRange(p, request.getPerm().getKey(), request.getPerm().getRangeEnd()));
    permissions.add(request.getPerm());
    permissions.sort(BY_KEY);
    roles.put(
        request.getName(),
        role.toBuilder().clearKeyPermission().addAllKeyPermission(permissions).build());
    return changed(AuthRoleGrantPermissionResponse.getDefaultInstance());
  }

  private Result revoke(AuthRoleRevokePermissionRequest request) {
    var role = role(request.getRole());
    var permissions = new ArrayList<>(role.getKeyPermissionList());
    if (!permissions.removeIf(p -> sameRange(p, request.getKey(), request.getRangeEnd()))) {
      throw StoreError.PERMISSION_NOT_GRANTED.exception();
    }
    roles.put(
        request.getRole(),
        role.toBuilder().clearKeyPermission().addAllKeyPermission(permissions).build());
    return changed(AuthRoleRevokePermissionResponse.getDefaultInstance());
  }

  private Result changed(MessageLite response) {
    return new Result(response, new Rules(before.enabled(), before.revision() + 1, users, roles));
  }

  private User user(String name) {
    var user = users.get(name);
    if (user == null) {
      throw StoreError.USER_NOT_FOUND.exception();
    }
    return user;
  }

  private Role role(String name) {
    var role = roles.get(name);
    if (role == null) {
      throw StoreError.ROLE_NOT_FOUND.exception();
    }
    return role;
  }

  private static User without(User user, String role) {
    var kept = user.getRolesList().stream().filter(r -> !r.equals(role)).toList();
    return user.toBuilder().clearRoles().addAllRoles(kept).build();
  }

  private static boolean sameRange(Permission permission, ByteString key, ByteString rangeEnd) {
    return permission.getKey().equals(key) && permission.getRangeEnd().equals(rangeEnd);
  }
}
