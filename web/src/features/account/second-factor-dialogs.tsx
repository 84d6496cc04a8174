import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Form } from '@/components/form';
import { useProof } from '@/components/proof';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { TextField } from '@/components/ui/text-field';
import type { Schemas } from '@/lib/api';
import { beginAuthenticator, confirmAuthenticator } from './api';

/** Sets up an authenticator app in two steps: the code for its camera, then its first code; then the recovery codes, once. */
export function AuthenticatorDialog({ replaces, onClose }: { replaces: boolean; onClose: () => void }) {
  const proof = useProof();
  const [code, setCode] = useState('');
  const begin = useMutation({
    mutationFn: async () => {
      await proof.prove();
      return beginAuthenticator();
    },
    onError: proof.refused,
  });
  const confirm = useMutation({ mutationFn: () => confirmAuthenticator(code.trim()) });
  if (confirm.data) return <CodesDialog codes={confirm.data} onClose={onClose} />;
  const begun = begin.data;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={replaces ? 'Another authenticator app' : 'Set up an authenticator app'}
      description={
        begun ? 'Point the app’s camera at the picture, or type the key into it. Then type the code it shows.' : 'Any app that shows codes of six digits will do. Have it at hand.'
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="authenticator" kind="primary" busy={begin.isPending || confirm.isPending}>
            {begun ? 'Turn it on' : 'Begin'}
          </Button>
        </>
      }
    >
      <Form id="authenticator" label="Authenticator app" onSubmit={() => (begun ? confirm.mutate() : begin.mutate())} error={begun ? confirm.error : begin.error}>
        <div className="grid gap-4">
          {begun ? (
            <>
              <QrCode code={begun.qr_code} />
              <p className="m-0 text-sm">
                <span className="block text-muted">Key for typing</span>
                <code className="font-mono break-all select-all">{begun.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
              </p>
              <TextField
                label="Code"
                name="code"
                required
                autoFocus
                autoComplete="one-time-code"
                inputMode="numeric"
                placeholder="123 456"
                inputClassName="num font-mono"
                value={code}
                onValueChange={setCode}
              />
            </>
          ) : (
            <>
              {replaces ? <p className="m-0">The app you have goes on until the new one has shown its first code.</p> : null}
              {proof.fields(() => begin.mutate())}
            </>
          )}
        </div>
      </Form>
    </Dialog>
  );
}

/** Dark on white in every theme: cameras expect it. */
function QrCode({ code: { size, path } }: { code: Schemas['QrCodeView'] }) {
  const side = size + 8;
  return (
    <svg viewBox={`-4 -4 ${side} ${side}`} role="img" aria-label="QR code for the authenticator app" className="mx-auto block size-52 rounded-lg" shapeRendering="crispEdges">
      <rect x={-4} y={-4} width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** The one time recovery codes are seen. */
export function CodesDialog({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const [kept, setKept] = useState(false);
  const text = `${codes.join('\n')}\n`;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setKept(true);
  };
  const download = () => {
    const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = 'recovery-codes.txt';
    link.click();
    // Some browsers read it only after this turn.
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    setKept(true);
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Your recovery codes"
      footer={
        <>
          <Button onClick={() => void copy()}>Copy</Button>
          <Button onClick={download}>Download</Button>
          <Button kind={kept ? 'primary' : 'secondary'} onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <Banner kind="warning" title="They are shown once">
          Keep them where you find them without your phone. Each lets you in once, with your password, in place of your second factor.
        </Banner>
        <ol aria-label="Recovery codes" className="num m-0 grid list-none gap-y-1 p-0 font-mono">
          {codes.map((code) => (
            <li key={code} className="select-all">
              {code}
            </li>
          ))}
        </ol>
      </div>
    </Dialog>
  );
}
