import ssh2 from 'ssh2';

/** An Ed25519 key as OpenSSH writes it. About one in six hundred that ssh2 generates nobody can read, ssh2 included. */
export function sshKeyPair(passphrase?: string): { private: string; public: string } {
  const pair = passphrase === undefined ? ssh2.utils.generateKeyPairSync('ed25519') : ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-cbc', rounds: 4 });
  return ssh2.utils.parseKey(pair.private, passphrase) instanceof Error ? sshKeyPair(passphrase) : pair;
}
