// The texts of the transfer dialog: they come with it.
import en from 'virtual:messages/en';
import transfer from 'virtual:messages/en/transfer';

Object.assign(en, transfer);
