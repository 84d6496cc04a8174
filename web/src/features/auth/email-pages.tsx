import { Link } from '@tanstack/react-router';
import { confirmEmail, undoEmail } from './api';
import { LinkPage } from './link-page';

const beside = <Link to="/sign-in">Go to sign-in</Link>;

/** From the new mailbox. */
export function ConfirmEmailPage() {
  return (
    <LinkPage
      title="Confirm your new e-mail address"
      about="You sign in with it from then on, and every session of yours ends."
      action="Confirm the address"
      follow={confirmEmail}
      beside={beside}
      done={{ title: 'The new address counts', about: 'Sign in with it from now on.' }}
    />
  );
}

/** From the mailbox before: somebody else may have changed the address. */
export function UndoEmailPage() {
  return (
    <LinkPage
      title="Take your e-mail address back"
      about="The address before counts again, and every session ends. A link for a new password comes by mail: whoever changed the address may know the one you have."
      action="Take it back"
      follow={undoEmail}
      beside={beside}
      done={{ title: 'Your address counts again', about: 'Set a new password with the link that is on its way to you, then sign in.' }}
    />
  );
}
