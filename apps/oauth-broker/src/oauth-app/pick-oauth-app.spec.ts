import { nearest } from './pick-oauth-app.js';

const builtIn = { name: 'built in', platformId: null, projectId: null, connectionId: null };
const platforms = { name: "platform's", platformId: 'plat_1', projectId: null, connectionId: null };
const projects = { name: "project's", platformId: 'plat_1', projectId: 'proj_1', connectionId: null };
const own = { name: "connection's", platformId: 'plat_1', projectId: 'proj_1', connectionId: 'conn_1' };
const ownOfPlatform = { name: "platform connection's", platformId: 'plat_1', projectId: null, connectionId: 'conn_1' };
const all = [builtIn, platforms, projects, own];

describe('whose app is used', () => {
  it.each([
    ['nearest without a type', all, undefined, projects],
    ["the platform's where the project has none", [builtIn, platforms, own], undefined, platforms],
    ['the built-in one where nobody has one', [builtIn], undefined, builtIn],
    ['none, where only another connection brought one', [own], undefined, null],
    ["OAUTH2: the connection's own before its project's", all, 'OAUTH2', own],
    ["OAUTH2: its project's", [builtIn, platforms, projects], 'OAUTH2', projects],
    ['OAUTH2 of a connection of the platform: its own', [builtIn, platforms, ownOfPlatform], 'OAUTH2', ownOfPlatform],
    ["OAUTH2 never falls back to the platform's", [builtIn, platforms], 'OAUTH2', null],
    ["PLATFORM_OAUTH2: the platform's", all, 'PLATFORM_OAUTH2', platforms],
    ['PLATFORM_OAUTH2 never falls back to the built-in one', [builtIn, projects, ownOfPlatform], 'PLATFORM_OAUTH2', null],
    ['CLOUD_OAUTH2: the built-in one', all, 'CLOUD_OAUTH2', builtIn],
    ["CLOUD_OAUTH2 never takes a platform's", [platforms, projects], 'CLOUD_OAUTH2', null],
  ] as const)('%s', (_, apps, type, expected) => expect(nearest<(typeof all)[number] | typeof ownOfPlatform>([...apps], type)).toBe(expected));
});
