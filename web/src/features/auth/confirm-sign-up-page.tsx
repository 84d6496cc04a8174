import { Link } from '@tanstack/react-router';
import { confirmSignUp } from './api';
import { LinkPage } from './link-page';

export function ConfirmSignUpPage() {
  return (
    <LinkPage
      title="Confirm your e-mail address"
      about="This completes your sign-up."
      action="Confirm the address"
      follow={confirmSignUp}
      beside={<Link to="/sign-up">Sign up anew</Link>}
      done={{ title: 'Your account is ready', about: 'The address is confirmed and your organization made.' }}
    />
  );
}
